using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>A row a worker, a bar an attempt. Bars keep their coordinates while time goes on; the whole is shifted, once a second.</summary>
public sealed partial class SwimLanes
{
    private const double Width = 1200;
    private const double Label = 170;
    private const double Plotted = Width - Label;
    private const double Track = 20;
    private const double Gap = 5;
    private const double HeadHeight = 22;
    private const double Foot = 22;
    private static int _count;

    private readonly string _id = $"swim-{Interlocked.Increment(ref _count)}";
    private SwimView _view = SwimView.Empty;
    private SwimZoom _zoom = new(TimeSpan.FromMinutes(15), null);
    private Window? _window;
    private DateTimeOffset _origin;
    private bool _due = true;

    [Parameter]
    public string Title { get; set; } = "At work";

    [Parameter]
    [EditorRequired]
    public ReadModel Model { get; set; } = ReadModel.Empty;

    /// <summary>Its attempts alone; null: those of the busiest, grouped by lane.</summary>
    [Parameter]
    public WorkerId? Worker { get; set; }

    /// <summary>Where it starts; attempts are remembered for an hour at most.</summary>
    [Parameter]
    public Window Window { get; set; }

    [Parameter]
    public string Empty { get; set; } = "Nothing was at work in this time.";

    protected internal override bool IsDue => true;

    private IEnumerable<(SwimRow Row, double Y, string Head)> Placed
    {
        get
        {
            var y = 0.0;
            var lane = "";
            var grouped = _view.Rows.Select(row => row.Lane).Distinct().Count() > 1;
            foreach (var row in _view.Rows)
            {
                var head = grouped && row.Lane != lane ? row.Lane : "";
                lane = row.Lane;
                y += head.Length > 0 ? HeadHeight : 0;
                yield return (row, y, head);
                y += (row.Tracks * Track) + Gap;
            }
        }
    }

    private double Bottom => Placed.LastOrDefault() is { Row: { } row } last ? last.Y + (row.Tracks * Track) + Gap : 0;

    private string Shift => $"translate({Plot.N(Label - ((_view.Start - _origin).TotalSeconds * _zoom.PerSecond(Plotted)))} 0)";

    private string? NowX => _zoom.To is null ? Plot.N(Width - 1) : null;

    /// <summary>Five times along the foot, in round places of the span.</summary>
    private IEnumerable<(string X, string Text)> Marks => Enumerable.Range(1, 4).Select(n => (
        Plot.N(Label + (Plotted * n / 5)),
        Clock.Moment(_view.Start + (_zoom.Span * n / 5))));

    private string Summary => $"{Title}: {Words.Count(_view.Rows.Length, "worker")}, {Words.Count(_view.Rows.Sum(row => row.Bars.Count(bar => bar.IsOpen)), "job")} at work, {Words.Count(_view.Rows.Sum(row => row.Bars.Where(bar => !bar.IsOpen).Sum(bar => bar.Count)), "attempt")} ended";

    private static string Letters => "A assigned · R running · ? reconnecting · S succeeded · F failed · T timed out · L worker lost · C canceled · G given back. Drag to look closer.";

    /// <summary>Beside one another, so that their keys tell them apart: the first of a row leaves, and the others stay where they are.</summary>
    private RenderFragment Bars(SwimRow row, SwimScale scale, double y) => builder =>
    {
        foreach (var bar in row.Bars)
        {
            SwimLaneBar.Of(Navigation, bar, scale, y + (bar.Track * Track))(builder);
        }
    };

    protected override void OnParametersSet()
    {
        if (_window != Window)
        {
            _window = Window;
            ZoomTo(new SwimZoom(Window == Window.Quarter ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1), null));
        }
    }

    /// <summary>Its own clock decides, not how often the page is drawn.</summary>
    protected override bool ShouldRender()
    {
        var render = _due;
        _due = false;
        return render;
    }

    protected override void OnTick() => Look();

    private void ZoomTo(SwimZoom zoom)
    {
        (_zoom, _origin) = (zoom, Clock.Now);
        Look();
    }

    private void Dragged(string? shares) => ZoomTo(_zoom.Dragged(shares, Clock.Now));

    private void Look()
    {
        // The second that has begun, whole: who looks at the same model in it looks at the same picture.
        var now = Clock.Now.AddTicks(TimeSpan.TicksPerSecond - 1);
        now = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerSecond));
        var to = _zoom.To ?? now;
        _view = SwimView.Of(Model, Worker, to - _zoom.Span, to, now, _zoom.Span * (SwimLaneBar.Least / Plotted));
        _due = true;
    }
}
