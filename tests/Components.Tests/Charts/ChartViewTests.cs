using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Charts;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Charts;

public sealed class ChartViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Window.Quarter, 180, 5)]
    [InlineData(Window.Hour, 60, 60)]
    [InlineData(Window.SixHours, 180, 120)]
    [InlineData(Window.Day, 180, 480)]
    public void Series_OfEachWindow_FitsTheWidthOfAScreen_AndLosesNothing(Window window, int steps, int seconds)
    {
        var numbers = new TypeNumbers
        {
            Series = [.. Enumerable.Range(0, 180).Select(n => new Bucket(Now.AddSeconds(5 * (n - 180)), n, 1, 1, 0))],
            Minutes = [.. Enumerable.Range(0, 1440).Select(n => new Bucket(Now.AddMinutes(n - 1440), n % 7, 1, 2, 1))],
        };
        var view = SeriesView.From(numbers, window);
        Assert.Equal((steps, seconds), (view.Steps.Length, (int)view.Width.TotalSeconds));
        Assert.Equal(numbers.Buckets(window).ToArray().Sum(bucket => bucket.Ended), view.Succeeded + view.Failed + view.Canceled);
        Assert.Equal(numbers.Buckets(window).ToArray().Max(bucket => bucket.Queued), view.Steps.Max(step => step.Queued));
    }

    [Theory]
    [InlineData(Window.Quarter, 15, 1)]
    [InlineData(Window.Hour, 12, 5)]
    [InlineData(Window.SixHours, 24, 15)]
    [InlineData(Window.Day, 24, 60)]
    public void Outcomes_OfEachWindow_AreFewBars_AndLoseNothing(Window window, int bars, int minutes)
    {
        var numbers = new TypeNumbers
        {
            Series = [.. Enumerable.Range(0, 180).Select(n => new Bucket(Now.AddSeconds(5 * (n - 180)), n, 1, 1, 0))],
            Minutes = [.. Enumerable.Range(0, 1440).Select(n => new Bucket(Now.AddMinutes(n - 1440), n % 7, 1, 2, 1))],
        };
        var view = OutcomesView.From(numbers, window);
        Assert.Equal((bars, minutes), (view.Length, OutcomesView.Width(window).TotalMinutes));
        Assert.Equal(Now - ChartWindows.Span(window), view[0].Start);
        Assert.Equal(numbers.Buckets(window).ToArray().Sum(bucket => bucket.Ended), view.Sum(bar => bar.Ended));
    }

    [Fact]
    public void Area_BreaksWhereNobodyWasLooking()
    {
        Assert.Equal("M1 100V50.5H2V1H3V100Z", Plot.Area([-1, 1, 2], 2));
        Assert.Equal("M0 50.5H1M2 1H3", Plot.Steps([1, -1, 2], 2));
        Assert.Equal("", Plot.Area([-1, -1], 2));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 3)]
    [InlineData(11, 15)]
    [InlineData(99, 100)]
    [InlineData(1234, 1500)]
    public void Scale_IsARoundNumberAbove(double highest, double expected) => Assert.Equal(expected, Plot.Ceiling(highest));

    [Fact]
    public void Latency_OfSeveralMinutes_IsTheMiddleOfTheMediansAndTheWorstOfTheRest()
    {
        var numbers = new TypeNumbers
        {
            Minutes = [.. Enumerable.Range(0, 1440).Select(n => new Bucket(Now.AddMinutes(n - 1439), 0, 0, 0, 0))],
            Latencies = [Point(-2, 3, 9), Point(-1, 5, 20), Point(0, 4, 8)],
        };
        var view = LatencyView.From(numbers, Window.Day, wait: false);
        var step = view.Steps.Single(step => step.Samples > 0);
        Assert.Equal((6, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20)), (step.Samples, step.P50, step.P95));
        Assert.Equal(3, LatencyView.From(numbers, Window.Quarter, wait: false).Steps.Count(each => each.Samples > 0));
        Assert.True(LatencyView.From(TypeNumbers.Empty, Window.Day, wait: true).IsEmpty);
    }

    [Fact]
    public void Heat_ShowsGapsAndDraining_AndSaysHowManyAreLeftOut()
    {
        LoadCell[] cells = [.. Enumerable.Repeat(LoadCell.Unknown, 236), new(50, false), LoadCell.Gone, new(100, false), new(100, true)];
        var view = HeatView.From([View("w-1", cells)], 1000, Window.Quarter, 50);
        Assert.Equal((60, 999), (view.Cells, view.More));
        Assert.Equal(["-1 M57 0H58V10H57Z", "2 M56 0H57V10H56Z", "4 M58 0H59V10H58Z", "5 M59 0H60V10H59Z"], view.Rows[0].Paths.Select(path => $"{path.Shade} {path.Path}"));
        Assert.Contains("1 gap", view.Rows[0].Summary, StringComparison.Ordinal);

        // Away for a part of a cell only: that cell is the gap.
        LoadCell[] brief = [.. Enumerable.Repeat(LoadCell.Unknown, 237), new(50, false), new(75, false, Broke: true), new(50, false)];
        var row = HeatView.From([View("w-1", brief)], 1, Window.Quarter, 50).Rows[0];
        Assert.Equal(["-1 M58 0H59V10H58Z", "2 M57 0H58V10H57ZM59 0H60V10H59Z"], row.Paths.Select(path => $"{path.Shade} {path.Path}"));
        Assert.Contains("1 gap", row.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOfOneWorker_IsTimesOfTheSameLoad_NewestFirst()
    {
        LoadCell[] cells = [.. Enumerable.Repeat(LoadCell.Unknown, 235), new(50, false), new(50, false), LoadCell.Gone, new(100, false), new(100, true)];
        Assert.Equal(
            [(-0.0, 15.0, "100 %, draining"), (-15, 0, "100 %"), (-30, -15, "not connected"), (-60, -30, "50 %")],
            HeatView.Stretches(View("w-1", cells), 240).Select(stretch => ((stretch.From - Now).TotalSeconds, (stretch.To - Now).TotalSeconds, stretch.Text)));
    }

    [Fact]
    public void Lanes_StackWhatOverlaps_AndLeaveOutWhatIsOlder()
    {
        var view = View("w-1", []) with
        {
            Running = [Running("j-3", Now.AddSeconds(-30), JobPhase.Reconnecting)],
            Numbers = new WorkerNumbers
            {
                Attempts = [Ended("j-0", -4000, -3990), Ended("j-1", -100, -50), Ended("j-2", -80, -20, AttemptOutcome.Failed)],
            },
        };
        var swim = SwimView.From([view, View("idle", [])], Now.AddMinutes(-15), Now, Now, TimeSpan.FromSeconds(2), 10, type => $"lane of {type}");
        var row = Assert.Single(swim.Rows);
        Assert.Equal((2, "lane of t"), (row.Tracks, row.Lane));
        Assert.Equal([("j-1", 0, "S"), ("j-2", 1, "F"), ("j-3", 0, "?")], row.Bars.Select(bar => (bar.Job.Value, bar.Track, bar.Letter)));
        Assert.True(row.Bars[2].IsUneasy);
        Assert.Equal((Now.AddSeconds(-100), Now.AddSeconds(-50)), (row.Bars[0].SentAt, row.Bars[0].Until));
    }

    /// <summary>Hundreds of attempts of no length would be a heap of bars, sent anew each second.</summary>
    [Fact]
    public void Lanes_MakeOneBarOfAttemptsThatAreTooShortToBeToldApart()
    {
        var view = View("w-1", []) with
        {
            Numbers = new WorkerNumbers
            {
                Attempts = [Ended("j-1", -10, -10), Ended("j-2", -9, -9), Ended("j-3", -9, -9, AttemptOutcome.Failed), Ended("j-4", -10, -3), Ended("j-5", -2, -1)],
            },
        };
        var bars = SwimView.From([view], Now.AddMinutes(-15), Now, Now, TimeSpan.FromSeconds(2), 10, null).Rows[0].Bars;
        Assert.Equal([("j-2", 2), ("j-3", 1), ("j-4", 1), ("j-5", 1)], bars.Select(bar => (bar.Job.Value, bar.Count)).Order());
        Assert.Equal(("2 attempts of t", Now.AddSeconds(-10), Now.AddSeconds(-9)), bars.Where(bar => bar.Count == 2).Select(bar => (bar.Name, bar.SentAt, bar.Until)).Single());
    }

    [Fact]
    public void Lanes_AreWorkedOutOnce_ForAllWhoLookAtTheSame()
    {
        var view = View("w-1", []) with { Running = [Running("j-1", Now, JobPhase.None)] };
        var model = ReadModel.Empty with { Workers = [view, View("w-2", [])], Busiest = [view] };
        SwimView Of(string? worker) => SwimView.Of(model, worker is null ? null : new WorkerId(worker), Now.AddMinutes(-15), Now, Now, TimeSpan.FromSeconds(2));
        Assert.Same(Of(null), Of(null));
        Assert.Equal("w-1", Assert.Single(Of("w-1").Rows).Name);
        Assert.Empty(Of("w-2").Rows);
    }

    [Fact]
    public void Zoom_GoesInStepsAndByDragging()
    {
        var zoom = new SwimZoom(TimeSpan.FromMinutes(15), null);
        Assert.Equal(TimeSpan.FromMinutes(5), zoom.Narrower().Span);
        Assert.Equal(TimeSpan.FromHours(1), zoom.Wider().Wider().Span);
        var dragged = zoom.Dragged("0.5 0.6", Now);
        Assert.Equal((TimeSpan.FromSeconds(90), Now.AddMinutes(-6)), (dragged.Span, dragged.To));
        Assert.Equal((TimeSpan.FromMinutes(5), null), (dragged.Live().Span, dragged.Live().To));
        foreach (var broken in (string?[])[null, "", "1", "0.2 nonsense", "0.9 0.1", "-1 2", "0.2 0.2001"])
        {
            Assert.Equal(zoom, zoom.Dragged(broken, Now));
        }
    }

    private static LatencyPoint Point(int minute, int p50, int p95) =>
        new(Now.AddMinutes(minute), 2, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(p50), TimeSpan.FromSeconds(p95));

    private static WorkerView View(string id, LoadCell[] load) => new()
    {
        Worker = new Worker { Id = new WorkerId(id), FirstSeenAt = Now },
        Numbers = new WorkerNumbers { Load = [.. load], NewestCell = Now },
    };

    private static EndedAttempt Ended(string job, int from, int to, AttemptOutcome outcome = AttemptOutcome.Succeeded) =>
        new(new JobId(job), "t", job, 1, outcome, Now.AddSeconds(from), Now.AddSeconds(to), "");

    private static Job Running(string id, DateTimeOffset sent, JobPhase phase) => new()
    {
        Id = new JobId(id),
        JobType = "t",
        DedupeKey = id,
        CreatedAt = sent,
        UpdatedAt = sent,
        DueAt = sent,
        State = JobState.Running,
        Phase = phase,
        Attempt = new Attempt { Number = 1, RequestId = new RequestId(id), Worker = new WorkerId("w-1"), Session = new SessionId(1), SentAt = sent, Timeout = TimeSpan.FromMinutes(1), TimeoutAt = default },
    };
}
