using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>A schedule being written: when, what, and what becomes of runs that find something in their way.</summary>
public sealed partial class ScheduleEditor : LiveComponent
{
    private readonly EntryField _name = new("schedule-name", "Name", "nightly-report", "1 to 64 characters, its own. Its jobs have it as a label.");
    private readonly EntryField _jitter = new("schedule-jitter", ScheduleRules.JitterLabel, "0s", "Each run starts up to so much later, 0s to 1h, so that not all start at the same second.");
    private readonly EntryField _ttl = new("schedule-ttl", "Give up if not started within", "as its type", "How long a run may wait for a worker: 10m, 2h.");
    private readonly EntryField _deadline = new("schedule-deadline", "Give up if not ended within", "never", "How long a run may take with all its attempts.");
    private readonly EntryField _overlap = new("schedule-overlap", "If its last job has not ended", "", "");
    private readonly EntryField _catchUp = new("schedule-catch-up", "Runs that were missed", "", "");
    private readonly EntryField[] _more;
    private RuleEditor? _rule;
    private SubmissionForm? _parts;
    private DraftKeeper<SubmissionDraft>? _draft;
    private JobSchedule? _shown;
    private bool _isBegun;
    private string _refusal = "";
    private bool _busy;

    public ScheduleEditor() => _more = [_ttl, _deadline];

    /// <summary>What is changed; null: a new one.</summary>
    [Parameter]
    public JobSchedule? Old { get; set; }

    [Parameter, EditorRequired]
    public SubmissionParts Start { get; set; } = SubmissionParts.Empty;

    /// <summary>What it begins with was written elsewhere and is stored nowhere.</summary>
    [Parameter]
    public bool IsStartUnsaved { get; set; }

    /// <summary>What a new one is made of, as in the page's address.</summary>
    [Parameter]
    public string Of { get; set; } = "";

    /// <summary>The draft is given up.</summary>
    [Parameter]
    public EventCallback OnDiscard { get; set; }

    /// <summary>Null: none is chosen yet.</summary>
    [Parameter]
    public string? JobType { get; set; }

    [Parameter]
    public EventCallback<string?> OnType { get; set; }

    [Parameter]
    public EventCallback<JobSchedule> OnSaved { get; set; }

    /// <summary>Where to go without saving.</summary>
    [Parameter, EditorRequired]
    public string Leave { get; set; } = "";

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    protected override object? Slice => (Model.JobTypes.Length, Type?.Descriptor);

    private JobTypeView? Type => JobType is { Length: > 0 } name ? Model.JobType(name) : null;

    private string Form => Old is { } old ? $"schedule:{old.Id.Value}" : $"schedule:new:{Of}";

    private string What => Old is { } old ? $"The schedule {old.Spec.Name}" : "The new schedule";

    private OverlapPolicy Overlap => Enum.Parse<OverlapPolicy>(_overlap.Text);

    private CatchUpPolicy CatchUp => Enum.Parse<CatchUpPolicy>(_catchUp.Text);

    private EntryField[] Own => [_name, _jitter, _overlap, _catchUp];

    private IEnumerable<EntryField> Beside => [.. Own, .. _rule?.Boxes ?? []];

    private int Changes => (_parts?.Changed.Count ?? 0) + Beside.Count(box => box.IsChanged) + (Old is { } old && JobType != old.Spec.Template.JobType ? 1 : 0);

    protected override void OnParametersSet()
    {
        if (_isBegun && ReferenceEquals(_shown, Old))
        {
            return;
        }

        (_isBegun, _shown) = (true, Old);
        Begin();
    }

    private void Begin()
    {
        var spec = Old?.Spec;
        _name.Begin(spec?.Name ?? "");
        _overlap.Begin($"{spec?.Overlap ?? default}");
        _catchUp.Begin($"{spec?.CatchUp ?? default}");
        _jitter.Begin(spec is null || spec.Jitter == TimeSpan.Zero ? "" : TextOf(spec.Jitter));
        _ttl.Begin(TextOf(spec?.Template.QueueTtl));
        _deadline.Begin(TextOf(spec?.Template.Deadline));
    }

    private void Changed()
    {
        _draft?.Note();
        StateHasChanged();
    }

    /// <summary>The type first: its form takes the fields of the draft when it is there.</summary>
    private async Task RestoreAsync(SubmissionDraft draft)
    {
        _parts?.Restore(draft, Own);
        _rule?.Restore(draft.Boxes);
        if (Old is not null && draft.JobType is { } type && type != JobType)
        {
            await OnType.InvokeAsync(type);
        }

        StateHasChanged();
    }

    private async Task DiscardAsync()
    {
        Begin();
        _rule?.Discard();
        await OnDiscard.InvokeAsync();
        Changed();
    }

    /// <summary>What a template says, as the form of a submission shows it.</summary>
    public static SubmissionParts PartsOf(JobTemplate template) => new()
    {
        Summary = template.Summary,
        Detail = template.Payload.Detail,
        Parameters = template.Payload.Parameters,
        Priority = template.Priority,
        Labels = template.Labels,
        AttemptTimeout = template.AttemptTimeout,
        RetryLimit = template.RetryLimit,
    };

    private async Task SaveAsync()
    {
        _refusal = "";
        foreach (var field in (EntryField[])[_name, _jitter, .. _more])
        {
            field.Error = "";
        }

        var rule = _rule!.Read();
        var (jitter, ttl, deadline) = (SpanOf(_jitter), SpanOf(_ttl), SpanOf(_deadline));
        if (Type is not { } type || await _parts!.ReadAsync() is not { } parts || rule is null || _jitter.Error.Length + _ttl.Error.Length + _deadline.Error.Length > 0)
        {
            return;
        }

        var template = (Old?.Spec.Template ?? new JobTemplate(type.Name, JobPayload.Empty)) with
        {
            JobType = type.Name,
            Payload = new JobPayload(parts.Detail, parts.Parameters),
            Summary = parts.Summary,
            Priority = parts.Priority,
            Labels = parts.Labels,
            AttemptTimeout = parts.AttemptTimeout,
            RetryLimit = parts.RetryLimit,
            QueueTtl = ttl,
            Deadline = deadline,
        };
        var spec = new ScheduleSpec(_name.Text.Trim(), rule, template) { Overlap = Overlap, CatchUp = CatchUp, Jitter = jitter ?? TimeSpan.Zero };
        _busy = true;
        var reply = await Admin.SendAsync(new SaveSchedule(Who.Actor, spec, Old?.Id, Old?.Version), Gone);
        _busy = false;
        if (!reply.IsAccepted)
        {
            _refusal = reply.Refusal.Text;
            await RefuseAsync(reply.Refusal.Fields);
            return;
        }

        Toasts.Say(string.Join(" ", reply.Value.Warnings.Prepend($"{spec.Name} is saved.")));
        await _draft!.ReleaseAsync();
        await OnSaved.InvokeAsync(reply.Value.Schedule);
    }

    /// <summary>Each error at its box; those of parameters in their form.</summary>
    private Task RefuseAsync(ImmutableArray<FieldError> errors)
    {
        foreach (var error in errors.Where(error => !_rule!.Refuse(error)))
        {
            var field = error.Path switch { "name" => _name, "jitter" => _jitter, "queue_ttl" => _ttl, "deadline" => _deadline, _ => null };
            field?.Refuse<string>(error.Message);
        }

        return _parts!.RefuseAsync([.. errors.Where(error => error.Form.Length > 0)]);
    }

    private static string TextOf(TimeSpan? span) => span is { } known ? DurationText.Format(ConfigValue.Duration.From(known)) : "";

    private static TimeSpan? SpanOf(EntryField field) =>
        field.IsEmpty ? null : DurationText.TryParse(field.Text.Trim(), out var span) ? span.Span : field.Refuse<TimeSpan?>("A duration like 30s, 10m or 2h.");
}
