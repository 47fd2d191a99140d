using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>Makes a schedule: empty, of what was written for one job, or of a job that is there.</summary>
public sealed partial class NewSchedulePage : LiveComponent
{
    private JobRecord? _old;
    private SubmissionParts _start = SubmissionParts.Empty;
    private bool _isStartUnsaved;
    private string _of = "";

    /// <summary>What <see cref="_start"/> is of.</summary>
    private string? _read;

    protected override object Slice => Model.JobTypes.Length;

    [SupplyParameterFromQuery(Name = "type")]
    private string? TypeName { get; set; }

    [SupplyParameterFromQuery]
    private string? Clone { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ScheduleDraft Draft { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        var of = $"{TypeName} {Clone}";
        if (of == _of)
        {
            return;
        }

        _of = of;
        _old = string.IsNullOrEmpty(Clone) ? null : await Admin.History.JobAsync(new JobId(Clone), Gone);
        var written = Draft.Take(TypeName);
        _isStartUnsaved = _old is null && written is not null;
        _start = _old is { } old ? SubmissionParts.Of(old.Job, old.Payload) : written ?? SubmissionParts.Empty;
        _read = of;
    }

    /// <summary>Another object, so that the form begins anew.</summary>
    private void Discard() => (_start, _isStartUnsaved) = (_isStartUnsaved ? new SubmissionParts() : _start with { }, false);

    private void Choose(string? type)
    {
        _old = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["type"] = type, ["clone"] = null }), replace: true);
    }
}
