using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorPluginAdmin.Components.Forms;

/// <summary>Asks before the page is left by a link, back, another tab or a reload while its form has changes.</summary>
public sealed partial class LeaveGuard
{
    /// <summary>What an address may say differently while the same form stays: another view of it, a job over it, another job type in it.</summary>
    private static readonly HashSet<string> Views = ["as", "version", "with", "type", "clone", "detail", "tab", "attempt", "stream", "offset", "plan"];

    private string _target = "";
    private bool _isReleased;

    /// <summary>The form, as in "The timetable of Vacuum".</summary>
    [Parameter, EditorRequired]
    public string What { get; set; } = "";

    /// <summary>How many changes would be lost.</summary>
    [Parameter, EditorRequired]
    public int Count { get; set; }

    /// <summary>The changes are given up, or are where they belong.</summary>
    [Parameter]
    public EventCallback OnRelease { get; set; }

    /// <summary>Whether it would ask.</summary>
    public bool Holds => Count > 0 && !_isReleased;

    /// <summary>Asks no more for the changes there are.</summary>
    public async Task ReleaseAsync()
    {
        _isReleased = true;
        await OnRelease.InvokeAsync();
    }

    public void Dispose() => Unsaved.Leave(this);

    protected override void OnInitialized() => Unsaved.Join(this);

    protected override void OnParametersSet() => _isReleased &= Count > 0;

    private void Ask(LocationChangingContext context)
    {
        var target = Navigation.ToAbsoluteUri(context.TargetLocation);
        if (!Holds || PlaceOf(target) == PlaceOf(new Uri(Navigation.Uri)))
        {
            return;
        }

        context.PreventNavigation();
        if (Unsaved.Forms[0] == this)
        {
            _target = target.AbsoluteUri;
            StateHasChanged();
        }
    }

    private void Stay() => _target = "";

    private async Task LeaveAsync()
    {
        foreach (var form in Unsaved.Forms)
        {
            await form.ReleaseAsync();
        }

        Navigation.NavigateTo(_target);
    }

    /// <summary>The page and what it is about. Narrowed to a lane it is the same page.</summary>
    private static string PlaceOf(Uri address)
    {
        var path = address.AbsolutePath.Split('/').ToList();
        if (path.IndexOf("lanes") is > 0 and var lanes && path.Count > lanes + 2)
        {
            path.RemoveRange(lanes, 2);
        }

        var query = QueryHelpers.ParseQuery(address.Query).Where(pair => !Views.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        return $"{string.Join('/', path)}?{string.Join('&', query.Select(pair => $"{pair.Key}={pair.Value}"))}";
    }
}
