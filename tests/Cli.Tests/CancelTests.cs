using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>A cancel reaches the process that a real worker runs.</summary>
public sealed class CancelTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    [Fact]
    public async Task Sleep_IsGoneAtTheFirstSignal_AndTheJobIsCanceled()
    {
        using var output = new WatchedOutput("\n");
        var shell = new Shell(admin.Address);
        var running = shell.RunAsync(new Interrupts(), output, "run", "--label", "test=cancel", "--", "sh", "-c", "echo $$; exec sleep 600");
        await output.SeenAsync().InTimeAsync("the first line of the job");
        using var process = Process.GetProcessById(int.Parse(System.Text.Encoding.UTF8.GetString(output.ToArray()), CultureInfo.InvariantCulture));
        var id = JsonDocument.Parse((await shell.RunAsync("list", "--label", "test=cancel", "--json")).Output).RootElement.GetProperty("job_id").GetString()!;
        Assert.Equal(0, (await shell.RunAsync("cancel", id)).Code);
        // A busy machine may take its time; before the grace (10 s) is over only the first signal can have ended it.
        await process.WaitForExitAsync().InTimeAsync("the end of the process", TimeSpan.FromSeconds(8));
        Assert.Equal(130, (await running).Code);
        Assert.Equal("JOB_STATE_CANCELED", JsonDocument.Parse((await shell.RunAsync("status", id, "--json")).Output).RootElement.GetProperty("state").GetString());
    }
}
