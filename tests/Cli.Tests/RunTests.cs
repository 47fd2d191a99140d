using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App.Tests;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>Jobs from the command line, on a real worker.</summary>
public sealed class RunTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private readonly Shell _shell = new(admin.Address);

    [Fact]
    public async Task Run_IsTheCommand_OutputAndExitCode()
    {
        var answer = await _shell.RunAsync("run", "sh -c 'echo out; echo err >&2; exit 42'");
        Assert.Equal(new Answer(42, "out\n", "err\n"), answer);

        answer = await _shell.RunAsync("run", "--param", """env={"GREETING":"hello"}""", "--", "sh", "-c", "echo $GREETING $JOB_TYPE");
        Assert.Equal(new Answer(0, "hello command\n", ""), answer);
    }

    [Fact]
    public async Task WordsThatBeginWithAt_AreNotReadAsFiles_OnlyThatOfParams()
    {
        Assert.Equal(new Answer(0, "@nothing @/etc/hostname\n", ""), await _shell.RunAsync("run", "--", "echo", "@nothing", "@/etc/hostname"));
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "parameters.json");
        await File.WriteAllTextAsync(file, """{"command":"echo","args":["from","a","file"]}""");
        Assert.Equal(new Answer(0, "from a file\n", ""), await _shell.RunAsync("run", "--type", "command", "--params", $"@{file}"));
    }

    [Fact]
    public async Task Run_PassesStdin_Untouched()
    {
        var answer = await new Shell(admin.Address) { Input = Encoding.UTF8.GetBytes("grüße") }.RunAsync("run", "cat", "--param-file", "stdin=-");
        Assert.Equal(new Answer(0, "grüße", ""), answer);
    }

    [Fact]
    public async Task WordAfterASwitch_IsTheCommand()
    {
        Assert.Equal(new Answer(1, "", ""), await _shell.RunAsync("run", "--wait", "false"));
        Assert.Equal(0, (await _shell.RunAsync("run", "--quiet", "true")).Code);
    }

    [Fact]
    public async Task Run_BeyondItsTimeout_Is124()
    {
        var answer = await _shell.RunAsync("run", "sleep 600", "--timeout", "1s", "--param", "kill_grace=1s");
        Assert.Equal(124, answer.Code);
        Assert.Contains(" failed: ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfWhatIsNotThere_Is127()
    {
        var answer = await _shell.RunAsync("run", "no-such-program-anywhere");
        Assert.Equal(127, answer.Code);
        Assert.Contains("no-such-program-anywhere", answer.Error, StringComparison.Ordinal);
    }

    /// <summary>As of a shell: it is there, but it is no program.</summary>
    [Fact]
    public async Task Run_OfWhatIsNoProgram_Is126_AndSaysWhy()
    {
        var folder = Directory.CreateTempSubdirectory("no-program-").FullName;
        var text = Path.Combine(folder, "notes");
        await File.WriteAllTextAsync(text, "echo hello\n");
        foreach (var (program, why) in ((string, string)[])[(folder, "it is a directory"), (text, "make it executable (chmod +x)")])
        {
            var answer = await _shell.RunAsync("run", program);
            Assert.Equal(126, answer.Code);
            Assert.Contains($"{program} cannot be executed: ", answer.Error, StringComparison.Ordinal);
            Assert.Contains(why, answer.Error, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_BeyondWaitTimeout_Is124_AndTheJobGoesOn()
    {
        var answer = await _shell.RunAsync("run", "sleep 600", "--wait-timeout", "50ms", "--label", "test=wait");
        Assert.Equal(124, answer.Code);
        Assert.Contains("it goes on", answer.Error, StringComparison.Ordinal);
        var id = (await _shell.RunAsync("list", "--label", "test=wait", "--json")).Lines.Select(Id).Single();
        Assert.Equal(0, (await _shell.RunAsync("cancel", id)).Code);
    }

    [Fact]
    public async Task CtrlC_CancelsTheJob_AndIs130()
    {
        using var interrupts = new Interrupts();
        using var output = new WatchedOutput("begun");
        var running = _shell.RunAsync(interrupts, output, "run", "sh -c 'echo begun; exec sleep 600'");
        await output.SeenAsync().InTimeAsync("the job's first output");
        interrupts.Raise();
        var answer = await running;
        Assert.Equal((130, "begun\n"), (answer.Code, answer.Output));
        Assert.Contains("canceling job", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlC_Twice_LeavesTheJob()
    {
        using var interrupts = new Interrupts();
        using var output = new WatchedOutput("begun");
        var running = _shell.RunAsync(interrupts, output, "run", "sh -c 'trap \"\" TERM; echo begun; while :; do sleep 1; done'", "--param", "kill_grace=1s");
        await output.SeenAsync().InTimeAsync("the job's first output");
        interrupts.Raise();
        interrupts.Raise();
        Assert.Equal(130, (await running).Code);
    }

    [Fact]
    public async Task Detached_IsFoundListedReadAndCancelled()
    {
        var detached = await _shell.RunAsync("run", "sh -c 'echo one; echo two; echo bad >&2; exit 3'", "--detach", "--label", "test=detached", "--summary", "three");
        Assert.Equal(0, detached.Code);
        var id = detached.Output.Trim();
        Assert.Equal(new Answer(0, "one\ntwo\n", "bad\n"), await _shell.RunAsync("logs", id, "--follow"));
        Assert.Equal(new Answer(0, "two\n", ""), await _shell.RunAsync("logs", id, "--stdout", "--tail", "1"));

        var status = JsonDocument.Parse((await _shell.RunAsync("status", id, "--json")).Output).RootElement;
        Assert.Equal((id, "command", "three"), (Text(status, "job_id"), Text(status, "job_type"), Text(status, "summary")));
        var people = await _shell.RunAsync("status", id);
        Assert.Contains($"id          {id}\n", people.Output, StringComparison.Ordinal);
        Assert.Contains("ATTEMPT  STATE", people.Output, StringComparison.Ordinal);
        Assert.Contains(id, Assert.Single((await _shell.RunAsync("list", "--label", "test=detached", "--json")).Lines), StringComparison.Ordinal);

        Assert.Equal(65, (await _shell.RunAsync("cancel", id)).Code);
        var sleeping = (await _shell.RunAsync("run", "sleep 600", "--detach")).Output.Trim();
        Assert.Equal(new Answer(0, $"{sleeping} canceled (person)\n", ""), await _shell.RunAsync("cancel", sleeping, "--wait", "--reason", "enough"));
    }

    /// <summary>The worker was done before it heard of it: that is no cancel, and the exit code is that of one that came too late.</summary>
    [Fact]
    public async Task Cancel_OfAJobThatSucceedsFirst_SaysSo_AndIs65()
    {
        using var worker = new ScriptedWorker(admin.Address, "w-faster");
        await worker.HelloAsync("faster");
        await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.RequestConfigSchema);
        foreach (var json in (string[][])[[], ["--json"]])
        {
            var id = (await _shell.RunAsync("run", "--type", "faster", "--detach")).Output.Trim();
            var request = (await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.ExecuteJobRequest)).RequestId;
            var canceling = _shell.RunAsync(["cancel", id, "--wait", .. json]);
            await worker.NextAsync(AdminToWorkerMessage.BodyOneofCase.CancelRequest);
            await worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = request, JobId = id, JobType = "faster", Success = true } });
            var answer = await canceling;
            Assert.Equal(65, answer.Code);
            Assert.Contains($"job {id} was not canceled: it succeeded before it stopped", answer.Error, StringComparison.Ordinal);
            if (json.Length == 0)
                Assert.Equal($"{id} succeeded\n", answer.Output);
            else
                Assert.Equal(("JOB_STATE_SUCCEEDED", "not_canceled"), (Text(JsonDocument.Parse(answer.Output).RootElement, "state"), Text(JsonDocument.Parse(answer.Error).RootElement, "code")));
        }
    }

    [Fact]
    public async Task Json_TellsTheJob_AndRefusals()
    {
        var answer = await _shell.RunAsync("run", "sh -c 'echo hi; exit 7'", "--json");
        Assert.Equal(7, answer.Code);
        var job = JsonDocument.Parse(Assert.Single(answer.Lines)).RootElement;
        Assert.Equal(("JOB_STATE_FAILED", 7, "hi\n"), (Text(job, "state"), job.GetProperty("exit_code").GetInt32(), Text(job.GetProperty("result").GetProperty("output_values").GetProperty("stdout"), "string_value")));

        var unknown = await _shell.RunAsync("status", "no-such-job", "--json");
        Assert.Equal((66, "not_found"), (unknown.Code, Text(JsonDocument.Parse(unknown.Error).RootElement, "code")));

        var refused = await _shell.RunAsync("run", "ls", "--param", "kill_grace=9h", "--param", "commande=x", "--json");
        Assert.Equal(65, refused.Code);
        var fields = JsonDocument.Parse(refused.Error).RootElement.GetProperty("fields").EnumerateArray().Select(field => Text(field, "field")).Order(StringComparer.Ordinal);
        Assert.Equal(["commande", "kill_grace"], fields);
        Assert.Equal(65, (await _shell.RunAsync("run", "--type", "no-such-type")).Code);
    }

    [Fact]
    public async Task Retry_IsANewJob_WithWhatWasChanged()
    {
        var first = Id((await _shell.RunAsync("run", "sh -c 'exit 3'", "--json")).Output);
        var answer = await _shell.RunAsync("retry", first, "--param", "args=[\"-c\",\"echo again\"]", "--json");
        Assert.True(answer.Code == 0, answer.Error);
        var again = JsonDocument.Parse(answer.Output).RootElement;
        Assert.Equal((false, first), (Text(again, "job_id") == first, Text(again, "retry_of")));
        Assert.Equal(new Answer(0, "again\n", ""), await _shell.RunAsync("logs", Text(again, "job_id"), "--follow"));
        Assert.Equal(66, (await _shell.RunAsync("retry", "no-such-job")).Code);
        Assert.Equal(64, (await _shell.RunAsync("retry")).Code);
    }

    [Fact]
    public async Task Submission_IsCheckedKeyedOrRefused()
    {
        Assert.Equal(new Answer(0, "a\n", ""), await _shell.RunAsync("run", "echo a", "--key", "build-41"));
        var same = await _shell.RunAsync("run", "echo a", "--key", "build-41");
        Assert.Equal((0, "a\n"), (same.Code, same.Output));
        Assert.Contains("is there already", same.Error, StringComparison.Ordinal);
        Assert.Equal(65, (await _shell.RunAsync("run", "echo b", "--key", "build-41")).Code);

        var dry = await _shell.RunAsync("run", "echo a", "--dry-run", "--label", "test=dry");
        Assert.Equal(new Answer(0, "accepted if it were submitted\n", ""), dry);
        Assert.Empty((await _shell.RunAsync("list", "--label", "test=dry", "--json")).Lines);
        Assert.Equal(75, (await _shell.RunAsync("run", "true", "--require", "site=nowhere", "--require-worker")).Code);
    }

    private static string Id(string line) => Text(JsonDocument.Parse(line).RootElement, "job_id");

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
