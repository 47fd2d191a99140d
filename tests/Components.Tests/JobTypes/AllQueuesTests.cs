using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

/// <summary>The queues of all types as one list.</summary>
public sealed class AllQueuesTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void OrderIs_WhatTheDispatcherTakesNext()
    {
        var echo = _admin.ConnectDescribed("w-1", "echo", slots: 1);
        _admin.ConnectDescribed("w-2", "other", slots: 1);
        var names = new Dictionary<string, string>();
        void Submit(string name, string type, int priority)
        {
            names[_admin.Submit(type, priority).Id.Value] = name;
            _admin.Advance(TimeSpan.FromSeconds(1));
        }

        Submit("runs first", "echo", 50);
        Submit("runs second", "other", 50);
        Submit("low", "echo", 25);
        Submit("high", "other", 75);
        Submit("normal", "echo", 50);
        Submit("normal, later", "other", 50);

        var queues = Build();
        Assert.Equal(["runs first", "runs second", "high", "normal", "normal, later", "low"], queues.Jobs.Select(view => names[view.Job.Id.Value]));
        Assert.Equal([null, null, 1, 2, 3, 4], queues.Jobs.Select(view => view.QueuePosition));
        Assert.Equal((0, 4, 2), (queues.Left, queues.Counts.Queued, queues.Counts.Active));

        // The slot that becomes free takes the best of its own type, as the list says.
        echo.Complete(echo.LastJob);
        Assert.Equal("normal", names[echo.LastJob.Job.Id.Value]);
    }

    /// <summary>Behind the end of what is known of one queue, the order of the others would be a guess.</summary>
    [Fact]
    public void QueueThatGoesOn_EndsTheList()
    {
        var endless = Type("long", 900, [.. Enumerable.Range(0, 3).Select(n => Waiting("long", n, priority: 75))]);
        var brief = Type("brief", 2, [Waiting("brief", 0, priority: 100), Waiting("brief", 1, priority: 10)]);
        var queues = AllQueues.From([endless, brief], DateTimeOffset.UnixEpoch);
        Assert.Equal(["brief-0", "long-0", "long-1", "long-2"], queues.Jobs.Select(view => view.Job.Id.Value));
        Assert.Equal(898, queues.Left);
    }

    private AllQueues Build() => AllQueues.From(new ReadModelBuilder().Build(_admin.State, _admin.Now).JobTypes, _admin.Now.Wall);

    private static JobTypeView Type(string name, int queued, ImmutableArray<JobView> queue) => new() { Name = name, DisplayName = name, Counts = new JobCounts { Queued = queued }, Queue = queue };

    private static JobView Waiting(string type, int n, int priority)
    {
        var at = DateTimeOffset.UnixEpoch.AddSeconds(n);
        return new JobView(new Job { Id = new JobId($"{type}-{n}"), JobType = type, DedupeKey = "", Priority = priority, CreatedAt = at, UpdatedAt = at, DueAt = at }, null, n + 1);
    }
}
