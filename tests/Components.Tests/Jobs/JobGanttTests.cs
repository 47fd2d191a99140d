using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>The line below the bars says what the pointer or the focus is on.</summary>
public sealed class JobGanttTests : LivePages
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 11, 59, 0, TimeSpan.Zero);

    private readonly Job _job = Succeeded("j") with { State = JobState.Running, Phase = JobPhase.Working, CreatedAt = Start, DueAt = Start, UpdatedAt = Start, CompletedAt = null };

    private readonly Attempt _attempt = new()
    {
        Number = 1,
        RequestId = new RequestId("r"),
        Worker = new WorkerId("w"),
        Session = default,
        SentAt = Start.AddSeconds(10),
        StartedAt = Start.AddSeconds(12),
        Timeout = default,
        TimeoutAt = default,
    };

    [Fact]
    public void Bar_IsReadByPointerAndFocus_FromToAndHowLong()
    {
        var gantt = Show(_job, _attempt);
        Assert.Equal("11:59:00 – now, 1 min in all", Line(gantt));
        gantt.Find(".gantt-queued").MouseOver();
        Assert.Equal("queued: 11:59:00 – 11:59:10, 10 s", Line(gantt));
        gantt.Find(".gantt-assigned").Focus();
        Assert.Equal("assigned: 11:59:10 – 11:59:12, 2 s", Line(gantt));
        Assert.Equal(Line(gantt), gantt.Find(".gantt-assigned").GetAttribute("aria-label"));
    }

    [Fact]
    public void BarThatEnds_WhileItIsRead_SaysSo()
    {
        var gantt = Show(_job, _attempt);
        gantt.Find(".gantt-running").Focus();
        Assert.Equal("running: 11:59:12 – now, 48 s", Line(gantt));
        var end = Start.AddSeconds(60);
        gantt.Render(parameters => Set(parameters, _job with { State = JobState.Succeeded, Phase = JobPhase.None, UpdatedAt = end, CompletedAt = end }, _attempt with { EndedAt = end, Outcome = AttemptOutcome.Succeeded }));
        Assert.Equal("running: 11:59:12 – 12:00:00, 48 s", Line(gantt));
    }

    private static string Line(IRenderedComponent<JobGantt> gantt) => gantt.Find("[data-testid=gantt-read]").TextContent;

    private IRenderedComponent<JobGantt> Show(Job job, Attempt attempt) => Render<JobGantt>(parameters => Set(parameters, job, attempt));

    private static void Set(ComponentParameterCollectionBuilder<JobGantt> parameters, Job job, Attempt attempt) =>
        parameters.Add(gantt => gantt.Job, job).Add(gantt => gantt.Attempts, [attempt]);
}
