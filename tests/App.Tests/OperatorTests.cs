using System.Globalization;
using System.Text.RegularExpressions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>An admin on a disk that can be full.</summary>
public sealed class FaultyAdmin : RunningAdmin
{
    public FaultyStore Store { get; } = new();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<IAdminStore>(Store);
}

/// <summary>What monitoring and tools read.</summary>
public sealed partial class OperatorTests(FaultyAdmin admin) : IClassFixture<FaultyAdmin>
{
    [Fact]
    public async Task Ready_TurnsRed_WhileTheStoreRefusesWrites()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-full");
        await worker.HelloAsync("t-full");
        await admin.UntilAsync(state => state.JobTypes.ContainsKey("t-full"), "the type is known");
        Assert.True((await admin.GetAsync("/ready")).GetProperty("ready").GetBoolean());
        admin.Store.IsFull = true;
        var refused = await admin.PostAsync("/api/plugin/jobs/execute?async=true", """{"job":{"job_type":"t-full"}}""", 503);
        Assert.Contains("full", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("full", (await admin.GetAsync("/ready", 503)).GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("ok", (await admin.GetAsync("/health")).GetProperty("health").GetString());
        admin.Store.IsFull = false;
        await admin.UntilAsync(state => state.Store.Writable, "the store is tried again and takes writes");
        await admin.GetAsync("/ready");
    }

    [Fact]
    public async Task Metrics_AreValidPrometheusText()
    {
        using var worker = new ScriptedWorker(admin.GrpcAddress, "w-metrics");
        await worker.HelloAsync("t-metrics");
        await admin.ViewsAsync(model => model.JobType("t-metrics") is not null);
        using var response = await admin.Http.GetAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var family = "";
        var samples = new HashSet<string>();
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups["name"].Value;
                continue;
            }

            if (line.StartsWith('#'))
            {
                Assert.Matches($"^# TYPE {family} (gauge|counter)$", line);
                continue;
            }

            var sample = SampleLine().Match(line);
            Assert.True(sample.Success, line);
            Assert.Equal(family, sample.Groups["name"].Value);
            Assert.True(double.TryParse(sample.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _), line);
            Assert.True(samples.Add(line[..line.LastIndexOf(' ')]), $"twice: {line}");
        }

        Assert.Contains("pluginadmin_jobs{job_type=\"t-metrics\",state=\"queued\"}", samples);
        Assert.Contains("pluginadmin_store_writable", samples);
    }

    [Fact]
    public async Task OpenApi_NamesEveryRoute_WithItsParameters()
    {
        var document = await admin.GetAsync("/openapi/v1.json");
        Assert.Matches(@"^3\.\d+\.\d+$", document.GetProperty("openapi").GetString());
        Assert.Equal("BlazorPluginAdmin", document.GetProperty("info").GetProperty("title").GetString());
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Route: $"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value)))
            .ToDictionary(pair => pair.Route, pair => pair.Value);
        var routes = admin.Routes
            .Where(endpoint => endpoint.RoutePattern.RawText is { } text && (text.StartsWith("/api/", StringComparison.Ordinal) || text is "/health" or "/ready" or "/metrics"))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"))
            .ToList();
        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Keys.Order(StringComparer.Ordinal));
        Assert.True(routes.Count > 25, "the routes were found");
        Assert.All(described, pair =>
        {
            Assert.NotEmpty(pair.Value.GetProperty("responses").EnumerateObject());
            var parameters = pair.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().Where(item => item.GetProperty("in").GetString() == "path").Select(item => item.GetProperty("name").GetString()!).ToList() : [];
            Assert.Equal(PathParameter().Matches(pair.Key).Select(match => match.Groups[1].Value), parameters);
        });
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) [^\\]+$")]
    private static partial Regex HelpLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")*\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathParameter();
}
