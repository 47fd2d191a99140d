using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Submits a job, or several of it: the form its type brought, or JSON; empty, or filled in from another job.</summary>
public sealed partial class NewJobPage : LiveComponent
{
    private const int MostJson = 1_000_000;
    private const int MostCopies = 50;

    private readonly EntryField _key = new("job-key", "Dedupe key", "none", "Refused while another job of the type with this key has not ended.");
    private readonly EntryField _start = new("job-start", "Not before", "at once", "A time like 2026-01-31 14:00, in your zone, or how long from now: 10m, 2h.");
    private readonly EntryField _expires = new("job-expires", "Give up if not started by", "never", "A time, or how long from now.");
    private readonly EntryField _timeout = new("job-timeout", "Attempt timeout", "as its type", "How long one attempt may take: 30s, 10m, 2h.");
    private readonly EntryField _retries = new("job-retries", "Retries", "as its type", "Attempts beyond the first, 0 to 100.");
    private readonly EntryField _copies = new("job-copies", "How many", "1", "1 to 50 of it, each a job of its own; with a key, they are key-1, key-2 and so on.");
    private FormBuffer? _form;
    private JobRecord? _old;
    private string _of = "";
    private string _summary = "";
    private int _priority = 50;
    private string _labels = "";
    private string _labelsError = "";
    private string _json = "{}";
    private string _jsonError = "";
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
    private Viewer Viewer { get; set; } = default!;

    protected override object? Slice => (Model.JobTypes.Length, Type?.Descriptor);

    private JobTypeView? Type => (_old?.Job.JobType ?? TypeName) is { Length: > 0 } name ? Model.JobType(name) : null;

    private EntryField[] Fields => [_key, _start, _expires, _timeout, _retries, _copies];

    /// <summary>What differs from the job this one is copied from.</summary>
    private List<string> Changed
    {
        get
        {
            if (_old is not { } old)
            {
                return [];
            }

            var changed = _form?.Slots.Where(slot => slot.IsDirty).Select(slot => slot.Field.Caption).ToList() ?? [];
            void Note(bool differs, string name)
            {
                if (differs)
                {
                    changed.Add(name);
                }
            }

            Note(_summary != old.Job.Summary, "summary");
            Note(_priority != old.Job.Priority, "priority");
            Note(_labels.Trim() != TextOf(old.Job.Labels), "labels");
            Note(_form is null or { Sections.IsEmpty: true } && _json != JsonOf(old.Payload.Parameters), "parameters");
            Note(_timeout.Text.Trim() != TextOf(old.Job.AttemptTimeout), "attempt timeout");
            Note(_retries.Text.Trim() != (old.Job.RetryLimit?.ToString(CultureInfo.InvariantCulture) ?? ""), "retries");
            return changed;
        }
    }

    public override ValueTask DisposeAsync()
    {
        Follow(null);
        return base.DisposeAsync();
    }

    protected override async Task OnParametersSetAsync()
    {
        var of = $"{TypeName} {Clone}";
        if (of == _of)
        {
            return;
        }

        _of = of;
        _old = string.IsNullOrEmpty(Clone) ? null : await Admin.History.JobAsync(new JobId(Clone), Gone);
        if (_old is { Job: var job, Payload: var payload })
        {
            (_summary, _priority, _labels, _json) = (job.Summary, job.Priority, TextOf(job.Labels), JsonOf(payload.Parameters));
            (_timeout.Text, _retries.Text) = (TextOf(job.AttemptTimeout), job.RetryLimit?.ToString(CultureInfo.InvariantCulture) ?? "");
        }

        Build();
    }

    protected override Task OnModelAsync()
    {
        if (_form is null && Type?.Descriptor is not null)
        {
            Build();
        }

        return Task.CompletedTask;
    }

    private void Build()
    {
        _refusal = "";
        Follow(Type?.Descriptor is { } descriptor
            ? new FormBuffer(
                FormDefaults.WorkerForm(descriptor),
                FormKind.Submission,
                FormDefaults.Worker(descriptor, Type.Config?.WorkerValues ?? ConfigValues.Empty).Overlay(_old?.Payload.Parameters ?? ConfigValues.Empty),
                FormPart.Submission,
                idPrefix: "j-")
            : null);
    }

    private void Follow(FormBuffer? form)
    {
        if (_form is not null)
        {
            _form.Changed -= StateHasChanged;
        }

        _form = form;
        if (form is not null)
        {
            form.Changed += StateHasChanged;
        }
    }

    private void Choose(string? type)
    {
        _old = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["type"] = type, ["clone"] = null }), replace: true);
    }

    private async Task SubmitAsync()
    {
        _refusal = "";
        if (Type is not { } type || await ParametersAsync(type) is not { } parameters || !Read(out var command, type, parameters))
        {
            return;
        }

        _busy = true;
        var submitted = new List<string>();
        var reply = await SubmitAsync(command, submitted);
        _busy = false;
        if (!reply.IsAccepted)
        {
            _refusal = submitted.Count == 0 ? reply.Refusal.Text : $"{Words.Number(submitted.Count)} of {Words.Number(Copies)} were submitted, then: {reply.Refusal.Text}";
            if (_form is not null && !reply.Refusal.Fields.IsEmpty)
            {
                _form.Refuse(reply.Refusal.Fields);
                await _form.FocusFirstErrorAsync();
            }

            return;
        }

        Toasts.Say(submitted.Count == 1 ? string.Join(" ", reply.Value.Warnings.Prepend("Submitted.")) : $"{submitted.Count} jobs are submitted.");
        Navigation.NavigateTo(submitted.Count == 1 ? $"jobs/{Uri.EscapeDataString(submitted[0])}" : JobQueries.To(JobQuery.Empty.With("id", submitted).ToString()));
    }

    /// <summary>One after the other; the first that is refused is the last.</summary>
    private async Task<Reply<Submission>> SubmitAsync(SubmitJob command, List<string> submitted)
    {
        Reply<Submission> reply;
        do
        {
            var isOne = Copies == 1 || command.DedupeKey.Length == 0;
            reply = await Admin.SendAsync(isOne ? command : command with { DedupeKey = $"{command.DedupeKey}-{submitted.Count + 1}" }, Gone);
            if (reply.IsAccepted)
            {
                submitted.Add(reply.Value.Job.Id.Value);
            }
        }
        while (reply.IsAccepted && submitted.Count < Copies);
        return reply;
    }

    /// <summary>Null: something is wrong with them, and it is shown where.</summary>
    private async Task<ConfigValues?> ParametersAsync(JobTypeView type)
    {
        if (_form is { Sections.IsEmpty: false } form)
        {
            if (!await form.ReviewAsync())
            {
                await form.FocusFirstErrorAsync();
                return null;
            }

            return form.Result();
        }

        _jsonError = "";
        try
        {
            using var json = JsonDocument.Parse(_json.Trim().Length == 0 ? "{}" : _json);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                _jsonError = "The parameters are one object: {\"name\": value}.";
                return null;
            }

            var values = ConfigValues.Empty;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (!PlainJson.TryRead(member.Value, out var value, out var error))
                {
                    _jsonError = $"{member.Name}: {error}";
                    return null;
                }

                values = values.With(member.Name, value);
            }

            return values;
        }
        catch (JsonException exception)
        {
            _jsonError = $"Not JSON, at line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}.";
            return null;
        }
    }

    private int Copies => _copies.IsEmpty ? 1 : int.TryParse(_copies.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= MostCopies ? number : 0;

    private bool Read(out SubmitJob command, JobTypeView type, ConfigValues parameters)
    {
        foreach (var field in Fields)
        {
            field.Error = "";
        }

        var labels = JobActions.ReadLabels(_labels);
        _labelsError = labels is null ? "Each line is name=value." : "";
        var (start, expires) = (Moment(_start), Moment(_expires));
        TimeSpan? timeout = _timeout.IsEmpty ? null : DurationText.TryParse(_timeout.Text.Trim(), out var span) && span.Seconds is > 0 and <= 2_592_000 ? TimeSpan.FromSeconds(span.Seconds) : _timeout.Refuse<TimeSpan?>("A duration like 30s, 10m or 2h, at most 30 days.");
        int? retries = _retries.IsEmpty ? null : int.TryParse(_retries.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100 ? number : _retries.Refuse<int?>("A whole number from 0 to 100.");
        if (Copies == 0)
        {
            _copies.Refuse<int>($"A whole number from 1 to {MostCopies}.");
        }

        command = new SubmitJob(
            Actor.LocalUi, type.Name, JobOrigin.Ui, new JobPayload("", parameters), _summary.Trim(), _priority, labels, DedupeKey: _key.Text.Trim(),
            NotBefore: start, ExpiresAt: expires, AttemptTimeout: timeout, RetryLimit: retries, Cluster: _old?.Job.Cluster);
        return labels is not null && Fields.All(field => field.Error.Length == 0);
    }

    /// <summary>A time in the person's zone, or how long from now.</summary>
    private DateTimeOffset? Moment(EntryField field)
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

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Kind == DateTimeKind.Unspecified
            ? new DateTimeOffset(local, Viewer.Zone.GetUtcOffset(local))
            : field.Refuse<DateTimeOffset?>("A time like 2026-01-31 14:00, or how long from now: 10m, 2h.");
    }

    private static string TextOf(ImmutableSortedDictionary<string, string> labels) => string.Join('\n', labels.Select(label => $"{label.Key}={label.Value}"));

    private static string TextOf(TimeSpan? span) => span is { } known ? DurationText.Format(ConfigValue.Duration.From(known)) : "";

    private static string JsonOf(ConfigValues values) => PlainJson.Write(new ConfigValue.Map(values), indented: true);
}
