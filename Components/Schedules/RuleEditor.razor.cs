using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Schedules;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Schedules;

/// <summary>When a schedule runs, with its next runs while it is being written.</summary>
public sealed partial class RuleEditor : IDisposable
{
    private const int Shown = 5;

    private static readonly IReadOnlyList<string> Usual = ["0 * * * *", "*/15 * * * *", "30 2 * * *", "30 2 * * mon-fri", "0 6 * * mon", "0 0 1 * *"];

    private readonly EntryField _kind = new("rule-kind", "Runs", "", "");
    private readonly EntryField _cron = new("rule-cron", "Cron expression", "30 2 * * mon-fri", "Five fields: minute, hour, day, month, weekday.");
    private readonly EntryField _zone = new("rule-zone", "Time zone", "UTC", "The clock it goes by, like Europe/Berlin.");
    private readonly EntryField _every = new("rule-every", "Interval", "15m", "1s to 366d; from when it is saved.");
    private readonly MomentField _at = new("rule-at", "At", "2026-01-31 14:00", "A date and a time of day.");
    private ScheduleRule? _shown;
    private ScheduleRule? _rule;
    private ImmutableArray<DateTimeOffset> _next = [];
    private bool _isBegun;

    /// <summary>What it begins with; null: nothing.</summary>
    [Parameter]
    public ScheduleRule? Rule { get; set; }

    /// <summary>Something is written differently.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private IReadOnlyList<string> ZoneNames => [.. new[] { "UTC", Viewer.Zone.Id, "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney" }.Distinct()];

    public IReadOnlyList<EntryField> Boxes => [_kind, _cron, _zone, _every, _at];

    /// <summary>Takes what a draft says, unless somebody has written since.</summary>
    public void Restore(IReadOnlyDictionary<string, string> texts)
    {
        foreach (var box in Boxes)
        {
            box.Restore(texts);
        }

        Show();
        StateHasChanged();
    }

    /// <summary>Back to what it began with.</summary>
    public void Discard()
    {
        Begin();
        StateHasChanged();
    }

    /// <summary>Null: something is wrong, and it is shown where.</summary>
    public ScheduleRule? Read()
    {
        foreach (var field in Boxes)
        {
            field.Error = "";
        }

        var rule = Written();
        foreach (var error in rule is null ? [] : ScheduleRules.Errors(rule))
        {
            Refuse(error);
            rule = null;
        }

        StateHasChanged();
        return rule;
    }

    /// <summary>Shows what the admin said of one of its fields.</summary>
    /// <returns>False: it is none of them.</returns>
    public bool Refuse(FieldError error)
    {
        var field = error.Path switch { "cron" => _cron, "zone" => _zone, "every" => _every, "at" => _at, _ => null };
        field?.Refuse<string>(error.Message);
        StateHasChanged();
        return field is not null;
    }

    public void Dispose() => Viewer.Changed -= Turn;

    protected override void OnInitialized() => Viewer.Changed += Turn;

    protected override void OnParametersSet()
    {
        if (_isBegun && ReferenceEquals(_shown, Rule))
        {
            return;
        }

        (_isBegun, _shown) = (true, Rule);
        Begin();
    }

    private void Begin()
    {
        _kind.Begin(Rule switch { ScheduleRule.Every => "every", ScheduleRule.Once => "once", _ => "cron" });
        _cron.Begin((Rule as ScheduleRule.Cron)?.Expression ?? "");
        _zone.Begin((Rule as ScheduleRule.Cron)?.Zone ?? Viewer.ShownZone.Id);
        _every.Begin(Rule is ScheduleRule.Every every ? DurationText.Format(ConfigValue.Duration.From(every.Interval)) : "");
        _at.Turn(Viewer.ShownZone);
        _at.Begin(Rule is ScheduleRule.Once once ? _at.TextOf(once.At) : "");
        Show();
    }

    /// <summary>The person reads times another way now.</summary>
    private void Turn()
    {
        _at.Turn(Viewer.ShownZone);
        Show();
        StateHasChanged();
    }

    private Task ChangedAsync()
    {
        Show();
        return OnChanged.InvokeAsync();
    }

    /// <summary>What is half written is no error yet: it only has no next runs.</summary>
    private void Show()
    {
        var isEmpty = _kind.Text switch { "every" => _every.IsEmpty, "once" => _at.IsEmpty, _ => _cron.IsEmpty };
        _rule = isEmpty ? null : Read();
        _next = _rule is { } rule ? ScheduleRules.Preview(rule, Time.GetUtcNow(), Shown) : [];
    }

    private ScheduleRule? Written()
    {
        switch (_kind.Text)
        {
            case "every":
                return !DurationText.TryParse(_every.Text.Trim(), out var span) ? _every.Refuse<ScheduleRule>("A duration like 30s, 15m, 6h or 1d.")
                    : Rule is ScheduleRule.Every same && same.Interval == span.Span ? same
                    : new ScheduleRule.Every(span.Span);
            case "once":
                return _at.Moment is { } at
                    ? new ScheduleRule.Once(at.ToUniversalTime())
                    : _at.Refuse<ScheduleRule>("A time like 2026-01-31 14:00.");
            default:
                return new ScheduleRule.Cron(_cron.Text.Trim(), _zone.Text.Trim());
        }
    }
}
