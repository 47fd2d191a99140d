using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>The worker SDK for Node: its own tests, its sample and its page against the real admin.</summary>
public sealed class NodeSdkTests
{
    private static readonly TimeSpan SuiteLimit = TimeSpan.FromMinutes(6);
    private static readonly string Root = Path.GetFullPath(Path.Combine(PeerProcess.ProjectFolder, "..", ".."));

    [Fact]
    public async Task OwnTests_Pass()
    {
        await using var suite = Npm("test", "sdks/node");
        await suite.SucceedAsync(SuiteLimit);
    }

    [Fact]
    public async Task OwnTests_OfTheSample_Pass()
    {
        await using var suite = Npm("test", "samples/link-check-node");
        await suite.SucceedAsync(SuiteLimit);
    }

    [Fact]
    public async Task Page_IsFollowedWordForWord_InAnEmptyFolder()
    {
        await using var admin = await StartAsync();
        await using var reader = PeerProcess.Start("node", [Path.Combine(Built("sdks/node"), "readme-check.mjs"), new Uri(admin.HttpAddress).Authority]);
        await reader.SucceedAsync(SuiteLimit);
    }

    [Fact]
    public async Task AdminKilledAmongRunningJobs_GetsEachResultOnce()
    {
        await using var peer = PeerProcess.Start("node", [Path.Combine(Built("sdks/node"), "test", "with-admin.mjs"), "killed", typeof(AdminApp).Assembly.Location]);
        await peer.SucceedAsync(SuiteLimit);
    }

    [Fact]
    public async Task Sample_ShowsItsForm_ProposesPages_AndChecksThem()
    {
        await using var site = await ServeSiteAsync();
        await using var admin = await StartAsync();
        var state = Directory.CreateTempSubdirectory("link-check-");
        await using (PeerProcess.Start(
            "node", [Path.Combine(Built("samples/link-check-node"), "worker.mjs")], ("PLUGIN_ADMIN", new Uri(admin.HttpAddress).Authority), ("PLUGIN_DATA_DIR", state.FullName)))
        {
            await DescribedAsync(admin.Services.GetRequiredService<IAdmin>(), "link_check");
            using var http = new HttpClient { BaseAddress = new Uri($"{admin.HttpAddress}/api/plugin/job-types/link_check/"), Timeout = SuiteLimit };
            Assert.Contains("\"Start pages\"", await http.GetStringAsync(new Uri("descriptor", UriKind.Relative)), StringComparison.Ordinal);
            using var config = Json("""{"worker_config_values":{"sites":{"string_list":{"values":["SITE/"]}}}}""".Replace("SITE", site.Urls.First(), StringComparison.Ordinal));
            (await http.PutAsync(new Uri("config", UriKind.Relative), config)).EnsureSuccessStatusCode();

            using var nothing = Json("{}");
            using var answer = await http.PostAsync(new Uri("run", UriKind.Relative), nothing);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            var counts = JsonDocument.Parse(text).RootElement;
            Assert.Equal((2, 2), (counts.GetProperty("detected_count").GetInt32(), counts.GetProperty("success_count").GetInt32()));
        }

        state.Delete(recursive: true);
    }

    /// <summary>Detects only when it is asked to: a detection of its own would find what the test counts.</summary>
    private static Task<AdminApp> StartAsync() =>
        AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true }, core: new AdminOptions { FirstDetectionDelay = TimeSpan.FromHours(1) });

    /// <summary>Two pages, and a link that leads nowhere.</summary>
    private static async Task<WebApplication> ServeSiteAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        site.MapGet("/", () => Results.Content("<a href='/about'>about</a> <a href='/gone'>gone</a>", "text/html"));
        site.MapGet("/about", () => Results.Content("<a href='/'>home</a>", "text/html"));
        await site.StartAsync();
        return site;
    }

    private static async Task DescribedAsync(IAdmin admin, string type)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        for (var version = -1L; ;)
        {
            (version, var state) = await admin.States.NewerAsync(version, limit.Token);
            if (state.JobTypes.GetValueOrDefault(type) is { Config: not null })
            {
                return;
            }
        }
    }

    private static PeerProcess Npm(string command, string folder) => PeerProcess.Start("npm", ["--silent", "--prefix", Built(folder), command]);

    private static string Built(string folder)
    {
        Assert.True(File.Exists(Path.Combine(Root, "sdks", "node", "dist", "index.js")), "the Node SDK is not built: npm ci --prefix sdks/node && npm run build --prefix sdks/node");
        Assert.True(Directory.Exists(Path.Combine(Root, folder, "node_modules")), $"the Node packages are missing: npm ci --prefix {folder}");
        return Path.Combine(Root, folder);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
