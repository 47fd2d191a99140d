using System.Globalization;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Draws a job's life; what goes on grows with the clock of the circuit.</summary>
public sealed partial class JobGantt
{
    private TimelineView _view = new([], default, default, false);

    /// <summary>Which bar is read; what it says may change under the pointer.</summary>
    private (string Kind, string Label, DateTimeOffset From)? _reading;
    private DateTimeOffset _now;
    private bool _trueScale;
    private bool _asTable;

    [Parameter, EditorRequired]
    public Job Job { get; set; } = default!;

    [Parameter, EditorRequired]
    public IReadOnlyList<Attempt> Attempts { get; set; } = [];

    [Parameter, EditorRequired]
    public IReadOnlyList<Activity> Activities { get; set; } = [];

    protected internal override bool IsDue => !Job.IsTerminal;

    /// <summary>What the marks in sight mean.</summary>
    private string Legend => string.Join(", ", _view.Rows.SelectMany(row => row.Marks).Select(mark => mark.Label).Distinct()) is { Length: > 0 } marks ? $"▾ {marks}" : "";

    private TimelineBar? Read => _view.Rows.SelectMany(row => row.Bars).FirstOrDefault(bar => Key(bar) == _reading);

    protected override void OnParametersSet() => Look();

    protected override void OnTick() => Look();

    private static (string Kind, string Label, DateTimeOffset From) Key(TimelineBar bar) => (bar.Kind, bar.Label, bar.From);

    private static string P(double percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.###}%");

    private static string Ended(TimelineBar bar) => bar.Outcome switch
    {
        AttemptOutcome.Succeeded => "gantt-good",
        AttemptOutcome.Failed or AttemptOutcome.TimedOut or AttemptOutcome.WorkerLost or AttemptOutcome.Rejected => "gantt-bad",
        _ => "",
    };

    private TimeSpan Took(TimelineRow row) => row.Bars.Aggregate(TimeSpan.Zero, (sum, bar) => sum + ((bar.To ?? _now) - bar.From));

    private void Look()
    {
        _now = Clock.Now > Job.UpdatedAt ? Clock.Now : Job.UpdatedAt;
        _view = TimelineView.From(Job, Attempts, Activities, _now, _trueScale);
    }
}
