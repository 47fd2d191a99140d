using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>What a job is to be: its type, the form that type brought or JSON, and how it runs. For one submission and for many to come.</summary>
public sealed partial class SubmissionForm : IDisposable
{
    private readonly EntryField _summary = new("job-summary", "summary", "", "");
    private readonly EntryField _priority = new("job-priority", "priority", "", "");
    private readonly EntryField _labels = new("job-labels", "labels", "", "");
    private readonly EntryField _json = new("job-json", "parameters", "", "");
    private readonly EntryField _timeout = new("job-timeout", "Attempt timeout", "as its type", "How long one attempt may take: 30s, 10m, 2h.");
    private readonly EntryField _retries = new("job-retries", "Retries", "as its type", "Attempts beyond the first, 0 to 100.");
    private readonly FormBuffer _arrivals = new(FormSchema.Empty, FormKind.Submission, ConfigValues.Empty);
    private FormBuffer? _form;
    private SubmissionParts? _shown;
    private (string? Type, bool IsDescribed) _built;
    private int _counted;

    /// <summary>Fields of a draft whose form is not there yet.</summary>
    private (string? Type, FieldsDraft Fields)? _restored;

    [Parameter, EditorRequired]
    public IReadOnlyList<JobTypeView> Types { get; set; } = [];

    /// <summary>Null: none is chosen yet.</summary>
    [Parameter, EditorRequired]
    public JobTypeView? Type { get; set; }

    [Parameter]
    public EventCallback<string?> OnType { get; set; }

    /// <summary>What it begins with. Another object fills it in anew.</summary>
    [Parameter]
    public SubmissionParts Start { get; set; } = SubmissionParts.Empty;

    /// <summary>Boxes of the page's own, read by the page.</summary>
    [Parameter]
    public IReadOnlyList<EntryField> More { get; set; } = [];

    /// <summary>Before the job type.</summary>
    [Parameter]
    public RenderFragment? Head { get; set; }

    [Parameter]
    public string HowTitle { get; set; } = "When and how";

    /// <summary>More of when and how.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Something is written differently.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>What it begins with is stored nowhere: it counts as written.</summary>
    [Parameter]
    public bool IsStartUnsaved { get; set; }

    /// <summary>What differs from what is stored, in words.</summary>
    public IReadOnlyList<string> Changed =>
        [.. _form?.Slots.Where(slot => slot.IsDirty).Select(slot => slot.Field.Caption) ?? [], .. Boxes.Where(box => box.IsChanged).Select(box => $"{char.ToLowerInvariant(box.Label[0])}{box.Label[1..]}")];

    private IEnumerable<EntryField> Boxes => [_summary, _priority, _labels, .. IsJson ? [_json] : Array.Empty<EntryField>(), .. Fields];

    private SubmissionParts Stored => IsStartUnsaved ? SubmissionParts.Empty : Start;

    private bool IsJson => _form is null or { Sections.IsEmpty: true };

    private IEnumerable<EntryField> Fields => [_timeout, _retries, .. More];

    public void Dispose() => Follow(null);

    /// <param name="beside">Boxes of the page that are not among <see cref="More"/>.</param>
    public SubmissionDraft Draft(IEnumerable<EntryField> beside) => new(
        Type?.Name,
        Boxes.Concat(beside).Where(box => box.IsChanged).ToDictionary(box => box.Id, box => box.Draft),
        _form is null ? null : FieldsDraft.Of(_form));

    /// <summary>Lays a draft over what is there. Its type is the page's to choose.</summary>
    public void Restore(SubmissionDraft draft, IEnumerable<EntryField> beside)
    {
        foreach (var box in Boxes.Append(_json).Concat(beside))
        {
            box.Restore(draft.Boxes);
        }

        _restored = draft.Fields is { } fields ? (draft.JobType, fields) : null;
        RestoreFields();
        Tell();
    }

    /// <summary>Null: something is wrong, and it is shown where.</summary>
    public async Task<SubmissionParts?> ReadAsync()
    {
        (_timeout.Error, _retries.Error, _labels.Error) = ("", "", "");
        var labels = JobActions.ReadLabels(_labels.Text) ?? _labels.Refuse<ImmutableSortedDictionary<string, string>>("Each line is name=value.");
        TimeSpan? timeout = _timeout.IsEmpty ? null : DurationText.TryParse(_timeout.Text.Trim(), out var span) && span.Seconds is > 0 and <= 2_592_000 ? TimeSpan.FromSeconds(span.Seconds) + TimeSpan.FromMicroseconds(span.Nanos / 1000) : _timeout.Refuse<TimeSpan?>("A duration like 30s, 10m or 2h, at most 30 days.");
        int? retries = _retries.IsEmpty ? null : int.TryParse(_retries.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100 ? number : _retries.Refuse<int?>("A whole number from 0 to 100.");
        var parameters = await ParametersAsync();
        StateHasChanged();
        return parameters is null || labels is null || _timeout.Error.Length + _retries.Error.Length > 0
            ? null
            : new SubmissionParts { Summary = _summary.Text.Trim(), Detail = Start.Detail, Parameters = parameters, Priority = _priority.IsEmpty ? null : int.Parse(_priority.Text, CultureInfo.InvariantCulture), Labels = labels, AttemptTimeout = timeout, RetryLimit = retries };
    }

    /// <summary>Shows the admin's answer at the fields it is about.</summary>
    public async Task RefuseAsync(ImmutableArray<FieldError> errors)
    {
        if (_form is not null && !errors.IsEmpty)
        {
            _form.Refuse(errors);
            await _form.FocusFirstErrorAsync();
        }
    }

    protected override void OnParametersSet()
    {
        var isNew = !ReferenceEquals(_shown, Start);
        if (isNew)
        {
            (_shown, _restored) = (Start, null);
            foreach (var ((box, text), (_, stored)) in TextsOf(Start).Zip(TextsOf(Stored)))
            {
                box.Begin(text, stored);
            }
        }

        // A form that came after the page did is shown; one that changes under a person's hands is not.
        var built = (Type?.Name, Type?.Descriptor is not null);
        if (isNew || built != _built)
        {
            _built = built;
            Build();
            RestoreFields();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // The page draws before its form is built, and counts the changes of the one before.
        if (_counted != Changed.Count)
        {
            Tell();
        }
    }

    private void Build()
    {
        Follow(Type?.Descriptor is { } descriptor
            ? new FormBuffer(
                FormDefaults.WorkerForm(descriptor),
                FormKind.Submission,
                FormDefaults.Worker(descriptor, Type.Config?.WorkerValues ?? ConfigValues.Empty).Overlay(Stored.Parameters),
                FormPart.Submission,
                idPrefix: "j-")
            : null);
        foreach (var (name, value) in IsStartUnsaved ? Start.Parameters : ConfigValues.Empty)
        {
            _form?.Find(name)?.Replace(value);
        }
    }

    private void RestoreFields()
    {
        if (_form is not null && _restored is { } restored && restored.Type == Type?.Name)
        {
            _restored = null;
            restored.Fields.ApplyTo(_form);
        }
    }

    private (EntryField Box, string Text)[] TextsOf(SubmissionParts parts) =>
    [
        (_summary, parts.Summary), (_priority, TextOf(parts.Priority)), (_labels, TextOf(parts.Labels)), (_json, JsonOf(parts.Parameters)),
        (_timeout, TextOf(parts.AttemptTimeout)), (_retries, TextOf(parts.RetryLimit)),
    ];

    private void Follow(FormBuffer? form)
    {
        if (_form is not null)
        {
            _form.Changed -= Tell;
        }

        _form = form;
        if (form is not null)
        {
            form.Changed += Tell;
        }
    }

    private Task TakeJsonAsync(string text)
    {
        (_json.Text, _json.Error) = (text, "");
        return ToldAsync();
    }

    private Task ToldAsync()
    {
        _counted = Changed.Count;
        return OnChanged.InvokeAsync();
    }

    private void Tell() => _ = ToldAsync();

    private async Task<ConfigValues?> ParametersAsync()
    {
        if (!IsJson)
        {
            if (await _form!.ReviewAsync())
            {
                return _form.Result();
            }

            await _form.FocusFirstErrorAsync();
            return null;
        }

        await _arrivals.SettleAsync();
        _json.Error = "";
        try
        {
            using var json = JsonDocument.Parse(_json.IsEmpty ? "{}" : _json.Text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                _json.Error = "The parameters are one object: {\"name\": value}.";
                return null;
            }

            if (!JsonText.IsText(json.RootElement))
            {
                _json.Error = JsonText.NoText;
                return null;
            }

            var values = ConfigValues.Empty;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (!PlainJson.TryRead(member.Value, out var value, out var error))
                {
                    _json.Error = $"{member.Name}: {error}";
                    return null;
                }

                values = values.With(member.Name, value);
            }

            return values;
        }
        catch (JsonException exception)
        {
            _json.Error = $"Not JSON, at line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}.";
            return null;
        }
    }

    private static string TextOf(ImmutableSortedDictionary<string, string> labels) => string.Join('\n', labels.Select(label => $"{label.Key}={label.Value}"));

    private static string TextOf(TimeSpan? span) => span is { } known ? DurationText.Format(ConfigValue.Duration.From(known)) : "";

    private static string TextOf(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string JsonOf(ConfigValues values) => PlainJson.Write(new ConfigValue.Map(values), indented: true);
}
