using System.Text.Json;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using JobState = BlazorPluginAdmin.Server.Core.Jobs.JobState;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Cancel and retry: of jobs by their ids, and of all that a filter finds.</summary>
public sealed class BulkTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Filter_OnlyTells_UntilYes_ThenCancelsAllItFinds_AndNoOther()
    {
        var kept = await WaitingAsync("test=kept");
        var found = new[] { await WaitingAsync("test=bulk"), await WaitingAsync("test=bulk"), await WaitingAsync("test=bulk") };

        Assert.Equal(new Answer(64, "3 found, 3 would be changed\n", "nothing was done; --yes does it\n"), await _shell.RunAsync("cancel", "--filter", "type=command,label=test=bulk,state=pending"));
        Assert.All(found, id => Assert.Equal(JobState.Pending, admin.Admin.States.Current.Value.Jobs[new JobId(id)].State));

        Assert.Equal(new Answer(0, "3 found, 3 changed\n", ""), await _shell.RunAsync("cancel", "--filter", "type=command,label=test=bulk,state=pending", "--reason", "wrong branch", "--yes"));
        foreach (var id in found)
        {
            var job = Json(await _shell.RunAsync("status", id, "--json"));
            Assert.Equal(("JOB_STATE_CANCELED", "wrong branch"), (job.GetProperty("state").GetString(), job.GetProperty("error_message").GetString()));
        }

        Assert.Equal(JobState.Pending, admin.Admin.States.Current.Value.Jobs[new JobId(kept)].State);
        var none = Json(await _shell.RunAsync("cancel", "--filter", "label=test=bulk", "--yes", "--json"));
        Assert.Equal(("3", "0"), (none.GetProperty("matched").GetString(), none.GetProperty("changed").GetString()));
        Assert.Equal(3, none.GetProperty("skipped").EnumerateObject().Sum(why => int.Parse(why.Value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(0, (await _shell.RunAsync("cancel", kept)).Code);
    }

    [Fact]
    public async Task Filter_RetriesFailedJobs_AsNewOnes()
    {
        var failed = new List<string>();
        foreach (var code in (string[])["3", "4"])
            failed.Add(Json(await _shell.RunAsync("run", $"sh -c 'exit {code}'", "--label", "test=again", "--json")).GetProperty("job_id").GetString()!);
        Assert.Equal(0, (await _shell.RunAsync("run", "true", "--label", "test=again", "--wait")).Code);

        Assert.Equal(64, (await _shell.RunAsync("retry", "--filter", "label=test=again,state=failed,reason=error")).Code);
        Assert.Equal(new Answer(0, "2 found, 2 changed\n", ""), await _shell.RunAsync("retry", "--filter", "label=test=again,state=failed,reason=error", "--yes"));
        var jobs = (await _shell.RunAsync("list", "--label", "test=again", "--json")).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(failed.Order(StringComparer.Ordinal), jobs.Select(job => job.GetProperty("retry_of").GetString()!).Where(id => id.Length > 0).Order(StringComparer.Ordinal));
        Assert.Equal(5, jobs.Count);
    }

    [Theory]
    [InlineData("--force goes with jobs named by their ids", "cancel", "--filter", "type=command", "--yes", "--force")]
    [InlineData("--grace goes with jobs named by their ids", "cancel", "--filter", "type=command", "--yes", "--grace", "1s")]
    [InlineData("--param goes with jobs named by their ids", "retry", "--filter", "type=command", "--yes", "--param", "a=b")]
    [InlineData("by their ids, or by --filter", "cancel", "j-1", "--filter", "type=command")]
    [InlineData("say which jobs", "cancel", "--filter", "")]
    [InlineData("--filter color", "cancel", "--filter", "color=red", "--yes")]
    [InlineData("there is no reason 'timout'; there are none, error, timeout", "retry", "--filter", "reason=timout", "--yes")]
    [InlineData("there is no phase 'asleep'", "cancel", "--filter", "phase=asleep", "--yes")]
    [InlineData("there is no origin 'browser'", "cancel", "--filter", "origin=browser", "--yes")]
    [InlineData("--filter group=: a value is missing", "cancel", "--filter", "type=command,group=", "--yes")]
    [InlineData("there is no reason 'timout'", "list", "--reason", "timout")]
    [InlineData("there is no reason 'timout'", "watch", "--reason", "timout")]
    [InlineData("state done: one of pending", "watch", "--state", "done")]
    [InlineData("--group: a value is missing", "list", "--group", "")]
    [InlineData("--type: a value is missing", "watch", "--type", "")]
    [InlineData("--worker: a value is missing", "list", "--worker", "")]
    [InlineData("--after: 0 or more", "watch", "--after", "-1")]
    [InlineData("--since soon", "list", "--since", "soon")]
    public async Task WhatAFilterCannotDo_IsSaid_NotForgotten(string says, params string[] arguments)
    {
        var answer = await _shell.RunAsync(arguments);
        Assert.Equal(64, answer.Code);
        Assert.Contains(says, answer.Error, StringComparison.Ordinal);
    }

    /// <summary>Else every command from then on is refused for a parameter that nobody gave.</summary>
    [Fact]
    public async Task ConfigOfAParameter_IsCheckedLikeOne_AndToldAsAChange()
    {
        var refused = await _shell.RunAsync("config", "set", "command", "kill_grace=abc");
        Assert.Equal((65, ""), (refused.Code, refused.Output));
        Assert.Contains("Kill grace must be a duration, not abc", refused.Error, StringComparison.Ordinal);
        Assert.Equal("worker.kill_grace: 10s → 20s\n", (await _shell.RunAsync("config", "set", "command", "kill_grace=20s")).Output);
        Assert.Equal("worker.kill_grace: 20s → 10s\n", (await _shell.RunAsync("config", "set", "command", "kill_grace=10s")).Output);
    }

    [Fact]
    public async Task Cancel_GivesTheWorkerItsGrace()
    {
        using var output = new WatchedOutput("begun");
        var id = (await _shell.RunAsync("run", "sh -c 'trap \"\" TERM; echo begun; while :; do sleep 0.1; done'", "--param", "kill_grace=300s", "--detach")).Output.Trim();
        var following = _shell.RunAsync(new Interrupts(), output, "logs", id, "--follow");
        await output.SeenAsync().InTimeAsync("the job's first output");
        var refused = await _shell.RunAsync("cancel", id, "--grace", "2h");
        Assert.Equal(65, refused.Code);
        Assert.Contains("grace is 0 s to 1 h", refused.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await _shell.RunAsync("cancel", id, "--grace", "soon")).Code);

        Assert.Equal(new Answer(0, $"{id} is being canceled\n", ""), await _shell.RunAsync("cancel", id, "--grace", "20m"));
        Assert.Equal(TimeSpan.FromMinutes(20), admin.Admin.States.Current.Value.Jobs[new JobId(id)].Attempt!.CancelGrace);
        Assert.Equal(new Answer(0, $"{id} is being canceled already\n", ""), await _shell.RunAsync("cancel", id));
        Assert.Equal(new Answer(0, $"{id} canceled (person)\n", ""), await _shell.RunAsync("cancel", id, "--grace", "0s", "--wait"));
        Assert.Equal(0, (await following).Code);
    }

    [Fact]
    public async Task TypeWithoutForms_GetsTheKindsOfTheJson()
    {
        using var worker = new ScriptedWorker(admin.Address, "w-formless");
        await worker.HelloAsync("formless");
        var submitting = _shell.RunAsync("run", "--type", "formless", "--params", Formless.Parameters, "--param", "more=plain", "--detach");
        while ((await submitting).Code == 65)
            submitting = _shell.RunAsync("run", "--type", "formless", "--params", Formless.Parameters, "--param", "more=plain", "--detach");
        Assert.Equal(0, (await submitting).Code);
        var sent = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).ExecuteJobRequest.Job.Parameters;
        Formless.Check(sent);
        Assert.Equal("plain", sent["more"].StringValue);
    }

    /// <summary>A job that no worker may take.</summary>
    private async Task<string> WaitingAsync(string label) =>
        (await _shell.RunAsync("run", "true", "--require", "site=nowhere", "--label", label, "--detach")).Output.Trim();

    private static JsonElement Json(Answer answer) => JsonDocument.Parse(answer.Output).RootElement;
}
