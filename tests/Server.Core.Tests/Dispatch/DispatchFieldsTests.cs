using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Dispatch;

/// <summary>Dispatch settings that a worker suggests by its form are changed there, and count like any others.</summary>
public sealed class DispatchFieldsTests : IDisposable
{
    private readonly AdminHarness _admin = new();

    public DispatchFieldsTests() => _admin.Connect().Describe(change: described => described with
    {
        AdminForm = Form(
            ("dispatch_strategy", FieldType.Text, new ConfigValue.Text("round_robin")),
            ("dispatch_queue_limit", FieldType.Int64, new ConfigValue.Int64(2)),
            ("dispatch_ageing_per_minute", FieldType.Double, new ConfigValue.Double(50)),
            ("dispatch_queue_ttl", FieldType.Duration, new ConfigValue.Duration(60, 0)),
            ("dispatch_require_labels", FieldType.Map, new ConfigValue.Map(ConfigValues.Empty)),
            ("dispatch_of_its_own", FieldType.Text, new ConfigValue.Text("x"))),
    });

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Suggestions_Count_UnlessTheyMakeNoSense()
    {
        var dispatch = _admin.State.JobTypes["echo"].Dispatch;
        Assert.Equal((DispatchStrategy.RoundRobin, 2, 1, TimeSpan.FromMinutes(1)), (dispatch.Strategy, dispatch.QueueLimit!.Value, dispatch.AgeingPerMinute, dispatch.QueueTtl!.Value));
        Assert.Equal(
            ["ageing_per_minute", "queue_limit", "queue_ttl", "require_labels", "strategy"], DispatchFields.InForm(_admin.State.JobTypes["echo"].Descriptor).Order(StringComparer.Ordinal));
        _admin.Restart();
        Assert.Equal(dispatch, _admin.State.JobTypes["echo"].Dispatch);
    }

    [Fact]
    public void ValuesOfTheForm_AreSavedThere_AndCountAtOnce()
    {
        Assert.Contains("0 to 10", Refused(("dispatch_ageing_per_minute", new ConfigValue.Double(11))), StringComparison.Ordinal);
        Assert.Contains("no strategy", Refused(("dispatch_strategy", new ConfigValue.Text("best")), ("dispatch_ageing_per_minute", new ConfigValue.Double(1))), StringComparison.Ordinal);
        Assert.True(Save(("dispatch_queue_limit", new ConfigValue.Int64(1)), ("dispatch_ageing_per_minute", new ConfigValue.Double(3))).IsAccepted);
        var dispatch = _admin.State.JobTypes["echo"].Dispatch;
        Assert.Equal((1, 3), (dispatch.QueueLimit!.Value, dispatch.AgeingPerMinute));
        _admin.Submit(change: job => job with { Labels = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("require.worker_id", "nobody") });
        Assert.Equal(RefusalCode.Exhausted, _admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty)).Refusal!.Code);
    }

    /// <summary>They are the admin's own. A field that only looks like one is the worker's.</summary>
    [Fact]
    public void Settings_AreNotSentToWorkers()
    {
        _admin.Submit();
        Assert.True(_admin.Send(new RequestDetection(Actor.LocalRest, "echo", DetectionMode.Preview)).IsAccepted);
        Assert.Equal(["dispatch_of_its_own"], Assert.Single(_admin.Link.Sent.Select(sent => sent.Message).OfType<Outbound.ExecuteJob>()).AdminValues.Keys);
        Assert.Equal(["dispatch_of_its_own"], Assert.Single(_admin.Link.Sent.Select(sent => sent.Message).OfType<Outbound.RunDetection>()).AdminValues.Keys);
    }

    /// <summary>A worker may want its type to begin paused. The form has the last word, whatever people do beside it.</summary>
    [Fact]
    public void FormThatPauses_HoldsEverythingUp_UntilItIsChanged()
    {
        using var admin = new AdminHarness();
        var worker = admin.Connect();
        worker.Describe(change: described => described with { AdminForm = Form(("dispatch_paused", FieldType.Bool, new ConfigValue.Bool(true))) });
        var job = admin.Submit();
        Waits();
        admin.Restart();
        worker = admin.Connect();
        Waits();
        var refused = admin.Send(new PauseJobType(Actor.LocalRest, "echo", false, "", null)).Refusal!;
        Assert.Equal((RefusalCode.WrongState, "echo is paused by its admin form; change dispatch_paused there"), (refused.Code, refused.Text));
        Assert.True(admin.Send(new SaveConfig(Actor.LocalRest, "echo", null, ConfigValues.Empty.With("dispatch_paused", new ConfigValue.Bool(false)), ConfigValues.Empty, null, "")).IsAccepted);
        Assert.Equal(job.Id, worker.LastJob.Job.Id);
        Assert.Empty(worker.LastJob.AdminValues);

        void Waits()
        {
            var waiting = WaitingReason.Explain(admin.State, job.Id, admin.Now)!.Waiting;
            Assert.Equal(("paused", "echo is paused by its admin form", "echo"), (waiting.Code, waiting.Text, waiting.Subject));
        }
    }

    [Fact]
    public void SettingOfTheForm_IsNotChangedBesideIt_TheOthersAre()
    {
        var now = _admin.State.JobTypes["echo"].Dispatch;
        var refused = _admin.Send(new SaveDispatch(Actor.LocalRest, "echo", null, now with { QueueLimit = 9, DefaultPriority = 70 })).Refusal!;
        Assert.Equal((RefusalCode.Invalid, "queue_limit"), (refused.Code, Assert.Single(refused.Fields).Path));
        Assert.True(_admin.Send(new SaveDispatch(Actor.LocalRest, "echo", null, now with { DefaultPriority = 70 })).IsAccepted);
        var type = _admin.State.JobTypes["echo"];
        Assert.Equal((2, 70), (type.Dispatch.QueueLimit!.Value, type.Dispatch.DefaultPriority));
        Assert.Equal(
            [DispatchSource.Form, DispatchSource.Saved, DispatchSource.Default],
            ((string[])["queue_limit", "default_priority", "submit_rate"]).Select(name => DispatchFields.SourceOf(name, type.Descriptor, type.Config)));
    }

    private static FormSchema Form(params (string Name, FieldType Type, ConfigValue Default)[] fields) => new(
        "a", "A", "",
        [new SectionSchema("s", "S", "", [.. fields.Select(field => new FieldSchema { Name = field.Name, Type = field.Type })])],
        ConfigValues.From(fields.Select(field => KeyValuePair.Create(field.Name, field.Default))));

    private string Refused(params (string Name, ConfigValue Value)[] values)
    {
        var error = Assert.Single(Save(values).Refusal!.Fields);
        Assert.Equal(("admin", values[0].Name), (error.Form, error.Path));
        return error.Message;
    }

    private Reply<ConfigDocument> Save(params (string Name, ConfigValue Value)[] values) => _admin.Send(new SaveConfig(
        Actor.LocalRest, "echo", null, ConfigValues.From(values.Select(value => KeyValuePair.Create(value.Name, value.Value))), ConfigValues.Empty, null, ""));
}
