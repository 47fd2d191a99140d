using System.Diagnostics;
using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>The tool in a shell script: exit codes, and the paths of its JSON.</summary>
public sealed class ScriptTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    private const string Expected = """
        run-failed 3 JOB_STATE_FAILED 3
        status 0 3
        list 0 true
        logs 0 hi
        retry 0 true
        run-timeout 124 JOB_STATE_FAILED timeout
        run-missing 127 JOB_STATE_FAILED
        run-params 65 nonsense
        run-dry 0 JOB_STATE_PENDING
        run-nobody 75 unavailable
        detach 0 JOB_STATE_PENDING
        waiting 0 JOB_STATE_PENDING labels
        filter 64 1
        cancel 0 JOB_STATE_CANCELED person
        cancel-ended 65 wrong_state
        follow-canceled 0 JOB_STATE_CANCELED
        group 0 JOB_STATE_SUCCEEDED 2
        group-status 0 2 2
        group-cancel 65 wrong_state
        schedule-add 0 nightly
        schedule-pause 0 paused
        schedule-list 0 nightly
        schedule-resume 0 idle
        schedule-show 0 30 2 * * *
        schedule-next 0 02:30 02:30
        schedule-run 0 schedule
        schedule-delete 0 nightly
        describe 0 array
        types 0 script
        config-set 0 2
        config-get 0 2
        config-diff 0 niceness
        roots 0 2
        detect 0 0
        drain 0 true
        workers 0 stock-1
        undo 0 false
        unknown 66 not_found
        usage 64 usage
        nobody 69 unavailable

        """;

    [Fact]
    public async Task EveryVerb_HasItsExitCode_AndItsJson()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("bash", [Script(), folder.Path]) { RedirectStandardOutput = true };
        start.Environment["PLUGINCTL_ADDRESS"] = admin.Address;
        start.Environment["PATH"] = $"{AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cli.Tests"), "Cli", StringComparison.Ordinal)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync().InTimeAsync("the end of the script", TimeSpan.FromMinutes(3));
        Assert.Equal(Expected, output);
    }

    private static string Script([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "verbs.sh");
}
