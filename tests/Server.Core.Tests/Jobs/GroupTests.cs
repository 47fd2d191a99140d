using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>Many jobs made from one: all or none, numbered, held to a limit, ended together when that was wanted.</summary>
public sealed class GroupTests : IDisposable
{
    private static readonly FormSchema Form = new("f", "F", "",
    [
        new SectionSchema("job", "Job", "", [new FieldSchema { Name = "command", Type = FieldType.Text, Required = true }, new FieldSchema { Name = "args", Type = FieldType.List }, new FieldSchema { Name = "env", Type = FieldType.Map }]),
    ], ConfigValues.Empty);

    private static readonly SubmitJob Template = new(Actor.LocalRest, "echo", JobOrigin.Rest, new JobPayload("", ConfigValues.Empty
        .With("command", new ConfigValue.Text("part-${index}"))
        .With("args", new ConfigValue.TextList(["--of", "${index}"]))
        .With("env", new ConfigValue.Map(ConfigValues.Empty.With("MINE", new ConfigValue.Text("1"))))), "part ${index}");

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public async Task Members_HaveTheirNumber_InParametersEnvironmentAndLabels()
    {
        var worker = Connect();
        var group = Submit(3);
        Assert.Equal(3, worker.Jobs.Count());
        var last = (await _admin.Store.History.JobAsync(group.Jobs[2], CancellationToken.None))!;
        var environment = ((ConfigValue.Map)last.Payload.Parameters["env"]).Fields;
        Assert.Equal(
            ["JOB_COUNT=3", $"JOB_GROUP={group.Id}", "JOB_INDEX=2", "MINE=1"], environment.Select(pair => $"{pair.Key}={((ConfigValue.Text)pair.Value).Value}"));
        Assert.Equal((new ConfigValue.Text("part-2"), "part 2"), (last.Payload.Parameters["command"], last.Job.Summary));
        Assert.Equal(new ConfigValue.TextList(["--of", "2"]), last.Payload.Parameters["args"]);
        Assert.Equal((group.Id, "2"), (last.Job.Labels["group_id"], last.Job.Labels["group_index"]));
        Assert.Equal(group.Jobs.AsEnumerable(), (await ViewAsync(group)).Jobs);
    }

    [Fact]
    public void PlaceOfAMember_IsTakenOffWhole_AndAVariableOfThatName_IsNone()
    {
        var own = ConfigValues.Empty.With("MINE", Text("1"));
        var member = own.With("JOB_INDEX", Text("2")).With("JOB_COUNT", Text("3")).With("JOB_GROUP", Text("g"));
        var named = own.With("JOB_INDEX", Text("of my own"));
        Assert.Equal((3, 0), (GroupRequests.PlaceIn(Environment(member)).Count, GroupRequests.PlaceIn(Environment(named)).Count));
        Assert.Equal(Environment(own), GroupRequests.ParametersAlone(Environment(member)));
        Assert.Equal(Environment(named), GroupRequests.ParametersAlone(Environment(named)));

        static ConfigValue Text(string text) => new ConfigValue.Text(text);

        static ConfigValues Environment(ConfigValues variables) => ConfigValues.Empty.With("env", new ConfigValue.Map(variables));
    }

    [Fact]
    public async Task NoMoreThanItsLimit_AreUnderWay_AndTheRestSaysWhy()
    {
        var worker = Connect();
        var group = Submit(5, maxRunning: 2);
        Assert.Equal(2, worker.Jobs.Count());
        var waiting = WaitingReason.Explain(_admin.State, group.Jobs[2], _admin.Now)!.Waiting;
        Assert.Equal(("group_limit", group.Id), (waiting.Code, waiting.Subject));
        _admin.Restart();
        worker = _admin.Connect();
        _admin.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, worker.Jobs.Count());
        Assert.Equal((GroupState.Running, 3, 2), await StateAsync());
        worker.Complete(worker.Jobs.First());
        Assert.Contains(_admin.State.Activities, said => said is { Stage: JobTimeline.Released } && said.Job == group.Jobs[2]);
        for (var done = 1; done < 5; done++)
        {
            worker.Complete(worker.Jobs.ElementAt(done));
        }

        Assert.Equal((GroupState.Succeeded, 0, 0), await StateAsync());
        Assert.Empty(_admin.State.Groups.Open);

        async Task<(GroupState, int, int)> StateAsync()
        {
            var view = await ViewAsync(group);
            return (view.State, view.Pending, view.Running);
        }
    }

    [Fact]
    public async Task OneFailure_EndsTheOthers_WhenThatWasWanted()
    {
        var worker = Connect();
        var group = Submit(5, maxRunning: 2, GroupFailPolicy.CancelRest);
        worker.Complete(worker.LastJob, success: false, error: "broken", permanent: true);
        var view = await ViewAsync(group);
        Assert.Equal((GroupState.Running, 1, 1, 3), (view.State, view.Running, view.Failed, view.Canceled));
        worker.Complete(worker.Jobs.First(), success: false, error: "stopped");
        view = await ViewAsync(group);
        Assert.Equal((GroupState.Failed, 1, 4), (view.State, view.Failed, view.Canceled));
        Assert.Equal(2, worker.Jobs.Count());
    }

    [Fact]
    public async Task OneFailure_LeavesTheOthersAlone_Else()
    {
        var worker = Connect();
        var group = Submit(3, maxRunning: 1);
        worker.Complete(worker.LastJob, success: false, error: "broken", permanent: true);
        worker.Complete(worker.LastJob);
        worker.Complete(worker.LastJob);
        var view = await ViewAsync(group);
        Assert.Equal((GroupState.Failed, 2, 1), (view.State, view.Succeeded, view.Failed));
    }

    [Fact]
    public async Task Cancel_EndsWhatWaits_AndAsksWhatRuns_Once()
    {
        var worker = Connect();
        var group = Submit(4, maxRunning: 1);
        Assert.Equal(4, _admin.Send(new CancelGroup(Actor.LocalRest, group.Id, "no need")).Value!.Canceled);
        Assert.Single(worker.Jobs);
        worker.Complete(worker.LastJob, success: false, error: "stopped");
        Assert.Equal((GroupState.Canceled, 4), ((await ViewAsync(group)).State, (await ViewAsync(group)).Canceled));
        Assert.Equal(RefusalCode.NotFound, _admin.Send(new CancelGroup(Actor.LocalRest, group.Id, "")).Refusal!.Code);
    }

    [Fact]
    public void LargestGroup_FillsAnEmptyQueue_UnlessTheTypeAllowsMore()
    {
        Connect().Drop();
        Assert.Equal(10_000, _admin.Send(new SubmitGroup(Actor.LocalRest, Template, 10_000)).Value!.Jobs.Length);
        _admin.Advance(TimeSpan.FromSeconds(5));
        var refusal = _admin.Send(new SubmitJob(Actor.LocalRest, Template.JobType, JobOrigin.Rest, Template.Payload)).Refusal!;
        Assert.Contains("the queue of", refusal.Text, StringComparison.Ordinal);
        Assert.Equal((RefusalCode.Exhausted, true), (refusal.Code, refusal.RetryAfter > TimeSpan.Zero));
        Assert.True(_admin.Send(new SaveDispatch(Actor.LocalUi, Template.JobType, null, new DispatchSettings { QueueLimit = 20_000 })).IsAccepted);
        _admin.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(10_000, _admin.Send(new SubmitGroup(Actor.LocalRest, Template, 10_000)).Value!.Jobs.Length);
    }

    [Fact]
    public void AllOrNone_IsAccepted()
    {
        using var admin = new AdminHarness(options: new AdminOptions { QueueLimit = 9 });
        admin.Connect().Describe(change: descriptor => descriptor with { WorkerForm = Form });
        Assert.Equal(RefusalCode.Exhausted, admin.Send(new SubmitGroup(Actor.LocalRest, Template, 10)).Refusal!.Code);
        foreach (var (command, field) in ((SubmitGroup, string)[])
        [
            (new SubmitGroup(Actor.LocalRest, Template, 0), "parallel"), (new SubmitGroup(Actor.LocalRest, Template, 10_001), "parallel"), (new SubmitGroup(Actor.LocalRest, Template, 1, -1), "max_running"),
            (new SubmitGroup(Actor.LocalRest, Template with { DedupeKey = "k" }, 1), "template"), (new SubmitGroup(Actor.LocalRest, Template with { Payload = JobPayload.Empty }, 1), "command"),
        ])
        {
            Assert.Equal(field, Assert.Single(admin.Send(command).Refusal!.Fields).Path);
        }

        Assert.Empty(admin.State.Jobs);
        Assert.Empty(admin.Send(new SubmitGroup(Actor.LocalRest, Template with { DryRun = true }, 2)).Value!.Jobs);
        Assert.Empty(admin.State.Jobs);
    }

    [Fact]
    public void ParametersOfAllItsJobs_AreBounded()
    {
        Connect();
        var large = Template with { Payload = Template.Payload with { Detail = new string('x', 1024 * 1024) } };
        var refusal = _admin.Send(new SubmitGroup(Actor.LocalRest, large, 64)).Refusal!;
        Assert.Equal((RefusalCode.Invalid, "parameters"), (refusal.Code, Assert.Single(refusal.Fields).Path));
        Assert.Contains("64 MiB at most; 64 times 1 MiB is more", refusal.Text, StringComparison.Ordinal);
        Assert.True(_admin.Send(new SubmitGroup(Actor.LocalRest, large with { DryRun = true }, 63)).IsAccepted);
    }

    [Fact]
    public void TheSameKey_IsTheSameGroup()
    {
        Connect();
        var keyed = new SubmitGroup(Actor.LocalRest, Template with { IdempotencyKey = "night" }, 3);
        var first = _admin.Send(keyed).Value!;
        _admin.Restart();
        var again = _admin.Send(keyed).Value!;
        Assert.Equal((first.Id, true), (again.Id, again.Existing));
        Assert.Equal(RefusalCode.AlreadyExists, _admin.Send(keyed with { Parallel = 4 }).Refusal!.Code);
        Assert.Equal(RefusalCode.AlreadyExists, _admin.Send(keyed.Template).Refusal!.Code);
    }

    private FakeWorker Connect()
    {
        var worker = _admin.Connect();
        worker.Describe(change: descriptor => descriptor with { WorkerForm = Form, RuntimeDefaults = new RuntimeSettings { GlobalExecutionConcurrency = 100, PerWorkerExecutionConcurrency = 100, RetryLimit = 3, RetryBackoffSeconds = 1 } });
        return worker;
    }

    private GroupSubmission Submit(int parallel, int maxRunning = 0, GroupFailPolicy policy = GroupFailPolicy.Continue) =>
        _admin.Send(new SubmitGroup(Actor.LocalRest, Template, parallel, maxRunning, policy)).Value!;

    private async Task<GroupView> ViewAsync(GroupSubmission group) => GroupView.From(await _admin.Store.History.GroupAsync(group.Id, CancellationToken.None))!;
}
