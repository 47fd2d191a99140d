using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Observations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>A menu: knows where the person is and which pages have something to show. It moves even while the page is paused.</summary>
public abstract class NavComponent : LiveComponent
{
    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    protected bool HasObjects { get; private set; }

    protected override bool StandsStill => false;

    protected override TimeSpan RenderPace => TimeSpan.FromMilliseconds(500);

    protected override object? Slice => Model.JobTypes;

    /// <summary>The address below the base, without query.</summary>
    protected string Path => Navigation.ToBaseRelativePath(Navigation.Uri).Split('?', '#')[0];

    private bool HasType => Navigation.Uri.Contains("job=", StringComparison.Ordinal);

    [Inject]
    private IObservations Observations { get; set; } = default!;

    public override ValueTask DisposeAsync()
    {
        Navigation.LocationChanged -= OnLocationChanged;
        GC.SuppressFinalize(this);
        return base.DisposeAsync();
    }

    /// <summary>The value of <c>aria-current</c> for a page with these addresses.</summary>
    protected string? Current(params ReadOnlySpan<string> paths) => paths.Contains(Path) && !(HasType && Path.StartsWith("plugin", StringComparison.Ordinal)) ? "page" : null;

    protected string? Below(string path) => Path == path || Path.StartsWith($"{path}/", StringComparison.Ordinal) ? "page" : null;

    /// <summary>One of the tabs of a job type, whichever; seen from its lane it is a page of the lane.</summary>
    protected bool IsType(string name) => Path.StartsWith("plugin/", StringComparison.Ordinal) && Below("plugin/lanes") is null
        && System.Web.HttpUtility.ParseQueryString(new Uri(Navigation.Uri).Query)["job"] == name;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        HasObjects = HasAny(Follow(Observations.Newest, book =>
        {
            HasObjects = HasAny(book);
            return Task.CompletedTask;
        }));
        Navigation.LocationChanged += OnLocationChanged;
    }

    private static bool HasAny(ObservationBook book) => !book.ByKey.IsEmpty;

    private void OnLocationChanged(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(StateHasChanged);
}
