using System.Text.RegularExpressions;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.WorkerSdk;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The page of the C# SDK, followed word for word in an empty folder, against a real admin.</summary>
public sealed partial class CSharpSdkTests
{
    private static readonly string Checkout = Path.GetFullPath(Path.Combine(PeerProcess.ProjectFolder, "..", ".."));
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Page_IsFollowedWordForWord_InAnEmptyFolder()
    {
        await using var admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        var address = new Uri(admin.HttpAddress).Authority;
        var folder = Directory.CreateTempSubdirectory("tidy-");
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout, "Worker.Sdk", "README.md"));
        var blocks = Blocks().Matches(page.Replace("/path/to/repository", Checkout, StringComparison.Ordinal).Replace("127.0.0.1:23646", address, StringComparison.Ordinal));
        foreach (Match block in blocks)
        {
            var (kind, name, text) = (block.Groups["kind"].Value, block.Groups["name"].Value, block.Groups["text"].Value);
            if (kind == "sh" && name.Length == 0)
            {
                await using var step = Shell(folder.FullName, text);
                await step.SucceedAsync(Limit);
            }
            else if (kind == "sh")
            {
                await using var serving = Shell(folder.FullName, text);
                await OfferedAsync(admin.Services.GetRequiredService<IAdmin>(), "tidy");
                await using var client = new AdminClient(new WorkerOptions { Address = address });
                var finished = await client.RunJobAsync(new JobSubmission("tidy") { Parameters = new ValueSet { ["name"] = "report.csv" } });
                Assert.Equal((JobEnd.Succeeded, "deleted report.csv"), (finished.End, finished.Text));
                Assert.Empty(Directory.GetFiles(Path.Combine(folder.FullName, "inbox")));
            }
            else if (name.Length > 0)
            {
                var file = Path.Combine(folder.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.WriteAllTextAsync(file, text);
            }
        }

        folder.Delete(recursive: true);
    }

    private static PeerProcess Shell(string folder, string script) => PeerProcess.Start("bash", ["-ec", $"cd '{folder}'\n{script}"], ("MSBUILDDISABLENODEREUSE", "1"));

    private static async Task OfferedAsync(IAdmin admin, string type)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        for (var version = -1L; ;)
        {
            (version, var state) = await admin.States.NewerAsync(version, limit.Token);
            if (state.JobTypes.GetValueOrDefault(type) is { Config: not null })
            {
                return;
            }
        }
    }

    [GeneratedRegex(@"^```(?<kind>\w+) ?(?<name>[^\n]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
