using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>One schedule: when it runs next, what came of its runs, what it submits; or, being edited, its form.</summary>
public sealed partial class SchedulePage : LiveComponent
{
    private ScheduleView? _view;
    private JobSchedule? _edited;
    private SubmissionParts _start = SubmissionParts.Empty;
    private string? _type;

    [Parameter]
    public string Id { get; set; } = "";

    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);

    [SupplyParameterFromQuery(Name = "edit")]
    private string? EditText { get; set; }

    private bool Edit => EditText == "true";

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private HashSet<string> Secrets => Model.JobType(_view!.Schedule.Spec.Template.JobType)?.Descriptor?.WorkerForm is { } form ? [.. form.Fields.Where(known => known.IsSecret).Select(known => known.Name)] : [];

    protected override void OnParametersSet() => Show();

    protected override Task OnModelAsync()
    {
        Show();
        return Task.CompletedTask;
    }

    /// <summary>Another object, so that the form begins anew.</summary>
    private void Discard() => (_start, _type) = (_start with { }, _edited!.Spec.Template.JobType);

    /// <summary>What is edited is what was there when editing began: a newer version is said by the admin, not put under a person's hands.</summary>
    private void Show()
    {
        _view = Model.Schedule(Id);
        if (!Edit || _view is null)
        {
            _edited = null;
        }
        else if (_edited is null)
        {
            _edited = _view.Schedule;
            (_start, _type) = (ScheduleEditor.PartsOf(_edited.Spec.Template), _edited.Spec.Template.JobType);
        }
    }
}
