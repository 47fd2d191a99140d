using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Server.Core.Tests.Jobs;

/// <summary>A submission meets the form its type brought for jobs, whoever submits.</summary>
public sealed class SubmissionTests : IDisposable
{
    private static readonly FormSchema Form = new("f", "F", "",
    [
        new SectionSchema("pace", "Pace", "", [new FieldSchema { Name = "speed", Type = FieldType.Int64 }]),
        new SectionSchema("job", "Job", "",
        [
            new FieldSchema { Name = "path", Type = FieldType.Text, Required = true },
            new FieldSchema { Name = "tries", Type = FieldType.Int64, Min = new ConfigValue.Int64(1), Max = new ConfigValue.Int64(9) },
        ]),
    ], ConfigValues.Empty.With("tries", new ConfigValue.Int64(3)));

    private readonly AdminHarness _admin = new();

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void WhatTheFormRefuses_IsRefused_FieldByField()
    {
        Connect();
        var reply = Submit(("tries", new ConfigValue.Int64(10)), ("speed", new ConfigValue.Int64(1)));
        Assert.Equal((RefusalCode.Invalid, "3 parameters are not valid"), (reply.Refusal!.Code, reply.Refusal.Text));
        Assert.Equal(["path: required", "speed: unknown", "tries: max"], reply.Refusal.Fields.Select(error => $"{error.Path}: {error.Code}").Order(StringComparer.Ordinal));
        Assert.All(reply.Refusal.Fields, error => Assert.Equal("submission", error.Form));
        Assert.Empty(_admin.State.Jobs);
        var one = Submit(("path", new ConfigValue.Text("/a")), ("tries", new ConfigValue.Text("many")));
        Assert.StartsWith("one parameter is not valid: tries must be", one.Refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatItTakes_IsStoredWhole_InItsOwnKinds()
    {
        Connect();
        var job = Submit(("path", new ConfigValue.Text("/a")), ("tries", new ConfigValue.Double(4))).Value!.Job;
        Assert.Equal(ConfigValues.Empty.With("path", new ConfigValue.Text("/a")).With("tries", new ConfigValue.Int64(4)), await ParametersAsync(job.Id));
        var other = Submit(("path", new ConfigValue.Text("/b"))).Value!.Job;
        Assert.Equal(new ConfigValue.Int64(3), (await ParametersAsync(other.Id))["tries"]);
    }

    [Fact]
    public void ARetry_RepeatsWhatWasTakenOnce_AlsoUnderAnotherForm()
    {
        Connect();
        var reply = _admin.Send(new SubmitJob(Actor.LocalRest, "echo", JobOrigin.Rest, JobPayload.Empty, RetryOf: new JobId("j-old")));
        Assert.True(reply.IsAccepted);
        Assert.Contains(_admin.State.Activities, said => said is { Stage: JobTimeline.Retried } && said.Job == new JobId("j-old") && said.Message == $"queued again as job {reply.Value.Job.Id}");
    }

    [Fact]
    public async Task ATypeWithoutAFormForJobs_TakesAnything()
    {
        _admin.ConnectDescribed();
        var job = Submit(("anything", new ConfigValue.Bool(true))).Value!.Job;
        Assert.Equal(["anything"], (await ParametersAsync(job.Id)).Keys);
    }

    private void Connect() => _admin.Connect().Describe(change: descriptor => descriptor with { WorkerForm = Form });

    private Reply<Submission> Submit(params (string Name, ConfigValue Value)[] parameters) => _admin.Send(new SubmitJob(
        Actor.LocalRest, "echo", JobOrigin.Rest, new JobPayload("", ConfigValues.From(parameters.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))))));

    private async Task<ConfigValues> ParametersAsync(JobId job) => (await _admin.Store.History.JobAsync(job, CancellationToken.None))!.Payload.Parameters;
}
