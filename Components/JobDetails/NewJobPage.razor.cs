using System.Globalization;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Groups;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Submits a job, or a group of copies of it; empty, or filled in from another job.</summary>
public sealed partial class NewJobPage : LiveComponent
{
    private readonly EntryField _key = new("job-key", "Dedupe key", "none", "Refused while another job of the type with this key has not ended.");
    private readonly MomentField _starts = new("job-start", "Not before", "at once", "A time like 2026-01-31 14:00, or how long from now: 10m, 2h.");
    private readonly MomentField _expires = new("job-expires", "Give up if not started by", "never", "A time, or how long from now.");
    private readonly EntryField _copies = new("job-copies", "Copies", "1", $"1 to {GroupRequests.Most} of it; several are a group.");
    private readonly EntryField _maxRunning = new("job-max-running", "Copies at once", "all", "How many of the group may run at the same time.");
    private readonly EntryField _failPolicy = new("job-fail-policy", "When one fails", "", "");
    private SubmissionForm? _parts;
    private DraftKeeper<SubmissionDraft>? _draft;
    private SubmissionParts _start = SubmissionParts.Empty;
    private JobRecord? _old;
    private string _of = "";

    /// <summary>What <see cref="_start"/> is of: a draft is laid over it when it is there.</summary>
    private string? _read;
    private string _refusal = "";
    private bool _busy;

    [SupplyParameterFromQuery(Name = "type")]
    private string? TypeName { get; set; }

    [SupplyParameterFromQuery]
    private string? Clone { get; set; }

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    [Inject]
    private ScheduleDraft ForSchedule { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    protected override object? Slice => (Model.JobTypes.Length, Type?.Descriptor);

    private JobTypeView? Type => (_old?.Job.JobType ?? TypeName) is { Length: > 0 } name ? Model.JobType(name) : null;

    private EntryField[] Fields => [_key, _starts, _expires, _copies];

    /// <summary>Boxes that stand there only for several copies.</summary>
    private EntryField[] Beside => [_maxRunning, _failPolicy];

    private int Changes => (_parts?.Changed.Count ?? 0) + Beside.Count(box => box.IsChanged);

    /// <summary>0: not a number of copies.</summary>
    private int Copies => _copies.IsEmpty ? 1 : NumberOf(_copies) is >= 1 and <= GroupRequests.Most and var number ? number : 0;

    protected override async Task OnParametersSetAsync()
    {
        var of = $"{TypeName} {Clone}";
        if (of == _of)
        {
            return;
        }

        (_of, _refusal) = (of, "");
        _old = string.IsNullOrEmpty(Clone) ? null : await Admin.History.JobAsync(new JobId(Clone), Gone);
        _start = _old is { } old ? SubmissionParts.Of(old.Job, old.Payload) : SubmissionParts.Empty;
        _read = of;
    }

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Viewer.Changed += Turn;
        Turn();
        _failPolicy.Begin(nameof(GroupFailPolicy.Continue));
    }

    public override ValueTask DisposeAsync()
    {
        Viewer.Changed -= Turn;
        return base.DisposeAsync();
    }

    /// <summary>The person reads times another way now.</summary>
    private void Turn()
    {
        _starts.Turn(Viewer.ShownZone);
        _expires.Turn(Viewer.ShownZone);
        StateHasChanged();
    }

    private void Changed()
    {
        _draft?.Note();
        StateHasChanged();
    }

    private Task RestoreAsync(SubmissionDraft draft)
    {
        _parts?.Restore(draft, Beside);
        return Task.CompletedTask;
    }

    private void Discard()
    {
        foreach (var box in (EntryField[])[.. Fields, .. Beside])
        {
            box.Begin(box.Start);
        }

        // Another object, so that the form begins anew.
        _start = _start with { };
        Changed();
    }

    private void Choose(string? type)
    {
        _old = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["type"] = type, ["clone"] = null }), replace: true);
    }

    private async Task SubmitAsync()
    {
        _refusal = "";
        var isRead = Read(out var starts, out var expires, out var maxRunning);
        if (Type is not { } type || await _parts!.ReadAsync() is not { } parts || !isRead)
        {
            return;
        }

        var command = new SubmitJob(
            Who.Actor, type.Name, JobOrigin.Ui, new JobPayload(parts.Detail, parts.Parameters), parts.Summary, parts.Priority, parts.Labels, DedupeKey: _key.Text.Trim(),
            NotBefore: starts, ExpiresAt: expires, AttemptTimeout: parts.AttemptTimeout, RetryLimit: parts.RetryLimit, Cluster: _old?.Job.Cluster);
        _busy = true;
        var refusal = Copies == 1 ? await SubmitOneAsync(command) : await SubmitGroupAsync(new SubmitGroup(Who.Actor, command, Copies, maxRunning, Enum.Parse<GroupFailPolicy>(_failPolicy.Text)));
        _busy = false;
        if (refusal is not null)
        {
            _refusal = refusal.Text;
            await _parts.RefuseAsync(refusal.Fields);
        }
    }

    /// <summary>What is written goes along; when, and how often, is said there.</summary>
    private async Task KeepForScheduleAsync()
    {
        if (Type is { } type && await _parts!.ReadAsync() is { } parts)
        {
            ForSchedule.Keep(type.Name, parts);
            await _draft!.ReleaseAsync();
            Navigation.NavigateTo($"schedules/new?type={Uri.EscapeDataString(type.Name)}");
        }
    }

    private async Task<Refusal?> SubmitOneAsync(SubmitJob command)
    {
        var reply = await Admin.SendAsync(command, Gone);
        if (reply.IsAccepted)
        {
            Toasts.Say(string.Join(" ", reply.Value.Warnings.Prepend("Submitted.")));
            await _draft!.ReleaseAsync();
            Navigation.NavigateTo($"jobs/{Uri.EscapeDataString(reply.Value.Job.Id.Value)}");
        }

        return reply.Refusal;
    }

    private async Task<Refusal?> SubmitGroupAsync(SubmitGroup command)
    {
        var reply = await Admin.SendAsync(command, Gone);
        if (reply.IsAccepted)
        {
            Toasts.Say(string.Join(" ", reply.Value.Warnings.Prepend($"{Words.Number(command.Parallel)} jobs are submitted.")));
            await _draft!.ReleaseAsync();
            Navigation.NavigateTo(GroupLinks.To(reply.Value.Id));
        }

        return reply.Refusal;
    }

    private bool Read(out DateTimeOffset? starts, out DateTimeOffset? expires, out int maxRunning)
    {
        foreach (var field in (EntryField[])[.. Fields, _maxRunning])
        {
            field.Error = "";
        }

        (starts, expires, maxRunning) = (Moment(_starts), Moment(_expires), 0);
        if (Copies == 0)
        {
            _copies.Refuse<int>($"A whole number from 1 to {GroupRequests.Most}.");
        }
        else if (Copies > 1)
        {
            maxRunning = _maxRunning.IsEmpty ? 0 : NumberOf(_maxRunning) ?? _maxRunning.Refuse<int>("A whole number, or nothing for all.");
            if (!_key.IsEmpty)
            {
                _key.Refuse<string>("Copies are different jobs and cannot share a key.");
            }
        }

        return Fields.Append(_maxRunning).All(field => field.Error.Length == 0);
    }

    private static int? NumberOf(EntryField field) => int.TryParse(field.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A time in the zone that the box names, or how long from now.</summary>
    private DateTimeOffset? Moment(MomentField field)
    {
        var text = field.Text.Trim();
        if (text.Length == 0)
        {
            return null;
        }

        if (DurationText.TryParse(text, out var span) && span.Seconds is >= 0 and <= 31_622_400)
        {
            return Time.GetUtcNow() + TimeSpan.FromSeconds(span.Seconds);
        }

        return field.Moment ?? field.Refuse<DateTimeOffset?>("A time like 2026-01-31 14:00, or how long from now: 10m, 2h.");
    }
}
