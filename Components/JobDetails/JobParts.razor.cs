using BlazorPluginAdmin.Components.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Leads to a part of a job's page and keeps in the address which one.</summary>
public sealed partial class JobParts(IJSRuntime runtime, NavigationManager navigation)
{
    private readonly ScriptModule _script = new(runtime, "JobDetails/JobParts");

    /// <summary>Those the job has, from top to bottom; each stands in an element with its name in <c>data-part</c>.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<(string Name, string Title)> Parts { get; set; } = [];

    private string? Tab => navigation.Said("tab");

    public ValueTask DisposeAsync()
    {
        navigation.LocationChanged -= OnMoved;
        return _script.DisposeAsync();
    }

    protected override void OnInitialized() => navigation.LocationChanged += OnMoved;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await ShowAsync(Tab);
        }
    }

    /// <summary>By a link of the job's own page, such as an attempt's to its output.</summary>
    private void OnMoved(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(() =>
    {
        StateHasChanged();
        return change.IsNavigationIntercepted ? ShowAsync(Tab) : Task.CompletedTask;
    });

    private bool Has(string? name) => Parts.Any(part => part.Name == name);

    private string To(string part) => navigation.GetUriWithQueryParameter("tab", part);

    /// <summary>In the place of the address: back leads out of the job, not through its parts.</summary>
    private Task LeadAsync(string part)
    {
        navigation.NavigateTo(To(part), replace: true);
        return ShowAsync(part);
    }

    private Task ShowAsync(string? part) => Has(part) ? _script.CallAsync("show", part) : Task.CompletedTask;
}
