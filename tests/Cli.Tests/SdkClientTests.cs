using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Cli.Tests;

/// <summary>A program that submits through the SDK gets what the terminal gets.</summary>
public sealed class SdkClientTests(AdminWithWorker admin) : IClassFixture<AdminWithWorker>
{
    [Fact]
    public async Task PythonScript_RunByTheSdk_ReturnsWhatItPrinted_AndItsExitCode()
    {
        await using var client = new AdminClient(new WorkerOptions { Address = $"grpc://{admin.Address}" });
        var done = await client.RunJobAsync(new JobSubmission("script") { Parameters = new ValueSet { ["interpreter"] = "python", ["source"] = "print(6 * 7)\nraise SystemExit(5)\n" } });
        Assert.Equal((JobEnd.Failed, 5, "42\n"), (done.End, done.ExitCode, done.Outputs["stdout"].Wire.StringValue));
        var status = await new Shell(admin.Address).RunAsync("logs", done.JobId);
        Assert.Equal((0, "42\n"), (status.Code, status.Output));
    }
}
