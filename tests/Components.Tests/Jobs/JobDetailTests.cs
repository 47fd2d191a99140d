using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobDetailTests : LivePages
{
    private readonly Job _running = Succeeded("job-1") with
    {
        State = JobState.Running,
        Phase = JobPhase.Working,
        CompletedAt = null,
        Attempts = 1,
        Attempt = new Attempt
        {
            Number = 1,
            RequestId = new RequestId("r-1"),
            Worker = new WorkerId("w"),
            Session = default,
            SentAt = DateTimeOffset.UnixEpoch,
            StartedAt = DateTimeOffset.UnixEpoch,
            Timeout = TimeSpan.FromMinutes(1),
            TimeoutAt = default,
        },
    };

    private ImmutableArray<Activity> _said = [];

    private ManualTimeProvider Clock => (ManualTimeProvider)Services.GetRequiredService<TimeProvider>();

    private int Reads => Switch.Count(nameof(IAdminHistory.JobAsync));

    /// <summary>A worker may report four times a second and circuit; of that the store knows nothing yet.</summary>
    [Fact]
    public async Task Progress_IsShown_WithoutAskingTheStore()
    {
        Store.Commit([new Change.JobSaved(_running, null, null)]);
        States(_running);
        var page = Page();
        Assert.Equal(1, Reads);

        await PublishAsync(page, _running with { Percent = 40, Stage = "copy", Message = "disk 2 of 5" }, "disk 2 of 5");
        Assert.Equal(1, Reads);
        Assert.Equal(1, Switch.Count(nameof(IAdminHistory.ActivitiesAsync)));
        Assert.Contains("disk 2 of 5", page.Find("[aria-label=Activities]").TextContent, StringComparison.Ordinal);

        var again = _running with { Attempts = 2, Attempt = _running.Attempt! with { Number = 2, RequestId = new RequestId("r-2") } };
        await PublishAsync(page, again with { Message = "once more" }, "once more");
        Assert.Equal(2, Reads);
    }

    /// <summary>More was said than the model looks back on: the store has it.</summary>
    [Fact]
    public async Task WhatTheModelHasForgotten_ComesFromTheStore()
    {
        Store.Commit([new Change.JobSaved(_running, null, null)]);
        States(_running);
        var page = Page();
        _said = [Line(7, "long ago")];
        Store.Commit([.. Enumerable.Range(1, 6).Select(n => new Change.ActivityAdded(Line(n, $"line {n}")))]);
        await PublishAsync(page, _running with { Message = "now" }, "now");
        Assert.Contains("line 3", page.Find("[aria-label=Activities]").TextContent, StringComparison.Ordinal);
    }

    /// <summary>Nothing is stored of what a worker of another make printed, which is not the same as that it printed nothing.</summary>
    [Theory]
    [InlineData(null, true, "does not send output")]
    [InlineData(null, false, "does not send output")]
    [InlineData("ack, resume", true, "does not send output")]
    [InlineData("ack,log", true, "No output yet")]
    [InlineData("ack, log", false, "Nothing was written")]
    public void OutputThatNeverComes_IsToldFromOutputThatThereIsNot(string? extensions, bool isRunning, string said)
    {
        var job = isRunning ? _running : Succeeded("job-1") with { Attempts = 1, Attempt = _running.Attempt! with { Outcome = AttemptOutcome.Succeeded, EndedAt = DateTimeOffset.UnixEpoch } };
        Store.Commit([new Change.JobSaved(job, null, null), new Change.AttemptSaved(job.Id, job.Attempt!)]);
        var worker = new Worker
        {
            Id = new WorkerId("w"),
            FirstSeenAt = DateTimeOffset.UnixEpoch,
            Metadata = extensions is null ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("extensions", extensions),
        };
        Admin.Views.Publish(new ReadModel { Workers = [new WorkerView { Worker = worker }] });
        var page = Page();
        page.WaitForAssertion(() => Assert.Contains(said, page.Find(".log-none").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OlderAnswer_DoesNotReplaceANewerOne()
    {
        Store.Commit([new Change.JobSaved(Succeeded("job-1") with { Summary = "before" }, null, null)]);
        var page = Page();
        var before = await Store.History.JobAsync(new JobId("job-1"), CancellationToken.None);
        var slow = new TaskCompletionSource<JobRecord?>();
        Switch.Instead = method => method == nameof(IAdminHistory.JobAsync) ? slow.Task : null;
        var asked = ReadAgainAsync();
        Switch.Instead = null;
        Store.Commit([new Change.JobSaved(Succeeded("job-1") with { Summary = "after" }, null, null)]);
        await ReadAgainAsync();
        Assert.Equal("after", page.Find("h1").TextContent);
        slow.SetResult(before);
        await asked;
        Assert.Equal("after", page.Find("h1").TextContent);

        Task ReadAgainAsync() => page.InvokeAsync(() => page.FindComponent<JobActions>().Instance.OnChanged.InvokeAsync());
    }

    /// <summary>From the last twenty that succeeded: half took longer. Of fewer than five nothing is said.</summary>
    [Theory]
    [InlineData(4, null, null)]
    [InlineData(5, "≈ 1 min 30 s left", "usually ≈ 3 min")]
    [InlineData(26, "≈ 15 min left", "usually ≈ 17 min")]
    public void TimeLeft_IsThatOfTheUsualRun_OrNothing(int runs, string? left, string? after)
    {
        var running = _running with { Attempt = _running.Attempt! with { SentAt = Clock.GetUtcNow().AddSeconds(-90) } };
        Store.Commit([new Change.JobSaved(running, null, null), .. Enumerable.Range(1, runs).Select(n => new Change.JobSaved(Ran(n, JobState.Succeeded), null, null)), .. Enumerable.Range(50, 9).Select(n => new Change.JobSaved(Ran(n, JobState.Failed), null, null))]);
        States(running);
        var page = Page();
        Assert.Equal(left, page.FindAll("[data-testid=eta]") is [var eta] ? eta.TextContent : null);
        Clock.Advance(TimeSpan.FromMinutes(20));
        page.WaitForAssertion(() => Assert.Equal(after, page.FindAll("[data-testid=eta]") is [var eta] ? eta.TextContent : null));

        // The later, the longer: run number n took n minutes.
        static Job Ran(int n, JobState state) => Succeeded($"ran-{n:00}") with
        {
            State = state,
            CompletedAt = DateTimeOffset.UnixEpoch.AddDays(n),
            UpdatedAt = DateTimeOffset.UnixEpoch.AddDays(n),
            Attempts = 1,
            Attempt = new Attempt { Number = 1, RequestId = new RequestId($"ran-{n}"), Worker = new WorkerId("w"), Session = default, SentAt = DateTimeOffset.UnixEpoch.AddDays(n).AddMinutes(-n), EndedAt = DateTimeOffset.UnixEpoch.AddDays(n), Timeout = default, TimeoutAt = default },
        };
    }

    private IRenderedComponent<JobDetail> Page()
    {
        var page = Render<JobDetail>(parameters => parameters.Add(page => page.Id, "job-1"));
        page.WaitForElement("[data-testid=job-times]");
        return page;
    }

    private async Task PublishAsync(IRenderedComponent<JobDetail> page, Job job, string message)
    {
        States(job);
        _said = [Line((_said.IsEmpty ? 0 : _said[0].Sequence) + 1, message), .. _said];
        Admin.Views.Publish(new ReadModel { Activities = _said });
        page.WaitForAssertion(() => Assert.Contains(message, page.Find(".now").TextContent, StringComparison.Ordinal));
        await Clock.ArmedAsync(Beats.Shortest);
        Clock.Advance(Beats.Shortest);
    }

    private void States(Job job) => Admin.States.Publish(AdminState.Empty with { Jobs = ImmutableDictionary<JobId, Job>.Empty.Add(job.Id, job) });

    private static Activity Line(long sequence, string message) => new() { Sequence = sequence, At = DateTimeOffset.UnixEpoch, Source = "worker_progress", Message = message, Job = new JobId("job-1"), JobType = "echo" };
}
