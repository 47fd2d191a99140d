using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>What people are told about a waiting job is what the planner does.</summary>
public sealed class WaitingChecksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void FirstRuleThatStops_AgreesWithThePlanner(int seed)
    {
        using var admin = new AdminHarness();
        var random = new Random(seed);
        var workers = new List<FakeWorker>();
        var codes = new HashSet<string>();
        for (var n = 0; n < 120; n++)
        {
            switch (random.Next(9))
            {
                case 0 when workers.Count < 4:
                    var worker = admin.Connect($"w-{workers.Count}", random.Next(2) == 0 ? "a" : "a,b", slots: random.Next(1, 4));
                    worker.Describe(new RuntimeSettings { GlobalExecutionConcurrency = random.Next(2, 9), PerWorkerExecutionConcurrency = random.Next(1, 4), RetryLimit = 1, RetryBackoffSeconds = 5 });
                    workers.Add(worker);
                    break;
                case 1 when workers.Count > 0:
                    admin.Send(new DrainWorker(Actor.LocalUi, workers[random.Next(workers.Count)].Id, random.Next(2) == 0, ""));
                    break;
                case 2 when admin.State.JobTypes.ContainsKey("a"):
                    admin.Send(new PauseJobType(Actor.LocalUi, "a", random.Next(2) == 0, "test", null));
                    break;
                case 3:
                    if (admin.State.Jobs.Values.Where(job => job.State == JobState.Assigned).OrderBy(job => job.Id).FirstOrDefault() is { } sent)
                    {
                        var holder = workers.Find(known => known.Id == sent.Worker)!;
                        holder.Ack(holder.Jobs.Last(job => job.Job.Id == sent.Id), random.Next(3) > 0, "not this one");
                    }

                    break;
                case 4:
                    if (admin.State.Jobs.Values.Where(job => job.IsActive).OrderBy(job => job.Id).FirstOrDefault() is { } running)
                    {
                        var holder = workers.Find(known => known.Id == running.Worker)!;
                        holder.Complete(holder.Jobs.Last(job => job.Job.Id == running.Id), random.Next(2) == 0, "broken");
                    }

                    break;
                case 5:
                    admin.Advance(TimeSpan.FromSeconds(random.Next(1, 8)));
                    break;
                default:
                    foreach (var type in admin.State.JobTypes.Keys.Take(1 + random.Next(2)))
                    {
                        admin.Submit(type, random.Next(4) * 25, submit => random.Next(5) == 0 ? submit with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("require.gpu", "yes") } : submit);
                    }

                    break;
            }

            Agree(admin, codes);
        }

        Assert.True(codes.Count >= 3, string.Join(", ", codes));
    }

    private static void Agree(AdminHarness admin, HashSet<string> codes)
    {
        var state = admin.State;
        var now = admin.Now;
        Assert.Empty(DispatchPlanner.Plan(state, now).Assignments);
        foreach (var job in state.Jobs.Values.Where(job => job.State == JobState.Pending))
        {
            var type = state.JobTypes[job.JobType];
            var stop = WaitingChecks.Of(state, type, job, now).FirstOrDefault(check => !check.Passed);
            Assert.True(stop is not null, $"{job.Id} is stopped by nothing and does not start");
            Assert.Equal(stop.Code, WaitingReason.For(state, type, job, now)!.Code);
            codes.Add(stop.Code);
        }

        // Were there more slots, whatever the planner then takes is stopped by no rule.
        var roomier = state with { Sessions = state.Sessions.SetItems(state.Sessions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value with { Heartbeat = More(pair.Value.Heartbeat, now) }))) };
        foreach (var assignment in DispatchPlanner.Plan(roomier, now).Assignments)
        {
            var job = roomier.Jobs[assignment.Job];
            Assert.DoesNotContain(WaitingChecks.Of(roomier, roomier.JobTypes[job.JobType], job, now), check => !check.Passed);
        }
    }

    private static Heartbeat More(Heartbeat? beat, Now now) =>
        (beat ?? new Heartbeat(now.Wall, [], 0, 1, 0, 4, ImmutableSortedDictionary<string, string>.Empty)) with { ExecutionSlotsTotal = 50 };
}
