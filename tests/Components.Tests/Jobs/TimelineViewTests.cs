using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class TimelineViewTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Scheduled_Queued_ThenAnAttempt_WithItsStages()
    {
        var job = Ended(JobState.Succeeded, 30) with { DueAt = At(5) };
        Attempt[] attempts = [Try(1, 10, 12, 30, AttemptOutcome.Succeeded)];
        var view = TimelineView.From(job, attempts, [Said(1, 12, "worker_progress", "copy"), Said(2, 20, "worker_progress", "verify")], At(100), trueScale: true);
        Assert.Equal(["scheduled 0-5", "queued 5-10"], Text(view.Rows[0]));
        Assert.Equal(["assigned 10-12", "copy 12-20", "verify 20-30"], Text(view.Rows[1]));
        Assert.Equal(AttemptOutcome.Succeeded, view.Rows[1].Bars[^1].Outcome);
        Assert.Equal(100, view.Rows[1].Bars[^1].X + view.Rows[1].Bars[^1].Width, 3);
    }

    [Fact]
    public void Retry_ShowsTheBackOff_AndLossesAreMarked()
    {
        var job = Ended(JobState.Failed, 60);
        Attempt[] attempts = [Try(1, 0, 1, 10, AttemptOutcome.WorkerLost), Try(2, 40, 41, 60, AttemptOutcome.Failed)];
        var retry = Said(1, 10, "admin", "retry") with { Details = ConfigValues.Empty.With("due_at", new ConfigValue.Text(At(30).ToString("O"))) };
        var view = TimelineView.From(job, attempts, [retry], At(60), trueScale: true);
        Assert.Equal(["backoff 10-30", "queued 30-40"], Text(view.Rows[0]));
        Assert.Equal("lease lost", Assert.Single(view.Rows[1].Marks).Label);
        Assert.Equal(["Attempt 1", "Attempt 2"], view.Rows.Skip(1).Select(row => row.Label));
    }

    [Fact]
    public void Canceling_AndReconnecting_AreStretchesOfTheAttempt()
    {
        var job = Open(JobState.Running, JobPhase.Canceling);
        Attempt[] attempts = [Try(1, 0, 0, null, AttemptOutcome.Open)];
        Activity[] told = [Said(1, 10, "admin", "restarted"), Said(2, 10, "admin", "reconnecting"), Said(3, 14, "admin", "adopted"), Said(4, 20, "person", "canceling"), Said(5, 21, "worker_progress", "cancel_acknowledged")];
        var view = TimelineView.From(job, attempts, told, At(25), trueScale: false);
        Assert.Equal(["running 0-10", "reconnecting 10-14", "running 14-20", "canceling 20-"], Text(Assert.Single(view.Rows)));
        Assert.Equal(["admin restarted", "cancel asked", "cancel acknowledged"], view.Rows[0].Marks.Select(mark => mark.Label));
    }

    [Fact]
    public void LongWait_IsABreak_UnlessTheScaleIsTrue()
    {
        var job = Ended(JobState.Succeeded, 3630) with { DueAt = At(3600) };
        Attempt[] attempts = [Try(1, 3610, 3611, 3630, AttemptOutcome.Succeeded)];
        var view = TimelineView.From(job, attempts, [], At(4000), trueScale: false);
        Assert.True(view.HasBreaks);
        Assert.True(view.Rows[0].Bars[0] is { IsBreak: true, Width: 12 });
        Assert.Equal(88 / 3.0, view.Rows[0].Bars[1].Width, 3);
        view = TimelineView.From(job, attempts, [], At(4000), trueScale: true);
        Assert.False(view.HasBreaks);
        Assert.True(view.Rows[0].Bars[0].Width > 99);
    }

    [Fact]
    public void Waiting_GoesOn()
    {
        var view = TimelineView.From(Open(JobState.Pending, JobPhase.Queued), [], [], At(7), trueScale: false);
        Assert.Equal(["queued 0-"], Text(Assert.Single(view.Rows)));
        view = TimelineView.From(Open(JobState.Pending, JobPhase.Scheduled) with { DueAt = At(60) }, [], [], At(7), trueScale: false);
        Assert.Equal(["scheduled 0-"], Text(Assert.Single(view.Rows)));
    }

    /// <summary>Held back by its group: until it is let go it is not queued, and what it waited for stays to be seen.</summary>
    [Theory]
    [InlineData(false, 0, "blocked 0-")]
    [InlineData(true, 0, "blocked 0-4, queued 4-")]
    [InlineData(true, 6, "blocked 0-4, scheduled 4-6, queued 6-")]
    [InlineData(true, 60, "blocked 0-4, scheduled 4-")]
    public void MemberOfAGroup_IsBlocked_UntilItIsItsTurn(bool isReleased, double due, string expected)
    {
        var phase = !isReleased ? JobPhase.Blocked : due > 7 ? JobPhase.Scheduled : JobPhase.Queued;
        Activity[] told = isReleased ? [Said(1, 4, "admin_dispatch", JobTimeline.Released) with { Request = null }] : [];
        var view = TimelineView.From(Open(JobState.Pending, phase) with { DueAt = At(due) }, [], told, At(7), trueScale: false);
        Assert.Equal(expected, string.Join(", ", Text(Assert.Single(view.Rows))));
    }

    [Fact]
    public void Blocked_StaysInTheHistory()
    {
        var job = Ended(JobState.Succeeded, 30);
        var view = TimelineView.From(job, [Try(1, 10, 12, 30, AttemptOutcome.Succeeded)], [Said(1, 8, "admin_dispatch", JobTimeline.Released) with { Request = null }], At(100), trueScale: true);
        Assert.Equal(["blocked 0-8", "queued 8-10"], Text(view.Rows[0]));
    }

    [Fact]
    public void LongBlock_IsABreak_AsEveryLongWait()
    {
        var view = TimelineView.From(Ended(JobState.Succeeded, 7220), [Try(1, 7200, 7202, 7220, AttemptOutcome.Succeeded)], [Said(1, 7198, "admin_dispatch", JobTimeline.Released) with { Request = null }], At(8000), trueScale: false);
        Assert.Equal([("blocked", true), ("queued", false)], view.Rows[0].Bars.Select(bar => (bar.Kind, bar.IsBreak)));
    }

    private static IEnumerable<string> Text(TimelineRow row) => row.Bars.Select(bar => $"{bar.Label} {(bar.From - Start).TotalSeconds}-{(bar.To - Start)?.TotalSeconds}");

    private static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    private static Job Open(JobState state, JobPhase phase) => new() { Id = new JobId("a"), JobType = "t", DedupeKey = "a", CreatedAt = Start, UpdatedAt = Start, DueAt = Start, State = state, Phase = phase };

    private static Job Ended(JobState state, double end) => Open(state, JobPhase.None) with { CompletedAt = At(end) };

    private static Attempt Try(int number, double sent, double started, double? ended, AttemptOutcome outcome) => new()
    {
        Number = number,
        RequestId = new RequestId("r" + number),
        Worker = new WorkerId("w"),
        Session = default,
        SentAt = At(sent),
        StartedAt = At(started),
        EndedAt = ended is { } end ? At(end) : null,
        Outcome = outcome,
        Timeout = default,
        TimeoutAt = default,
    };

    private static Activity Said(long sequence, double at, string source, string stage) => new() { Sequence = sequence, At = At(at), Source = source, Stage = stage, Message = "", Request = new RequestId("r1") };
}
