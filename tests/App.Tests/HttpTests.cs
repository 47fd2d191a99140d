using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BlazorPluginAdmin.App.Hosting;
using Microsoft.Extensions.Configuration;

namespace BlazorPluginAdmin.App.Tests;

public sealed class HttpTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
{
    [Theory]
    [InlineData("/api/plugin/status")]
    [InlineData("/api/plugin/lanes")]
    [InlineData("/api/plugin/workers")]
    [InlineData("/api/plugin/job-types")]
    [InlineData("/api/plugin/jobs")]
    [InlineData("/api/plugin/jobs?state=job_state_running")]
    [InlineData("/api/plugin/activities")]
    [InlineData("/api/plugin/scheduler-states")]
    [InlineData("/api/plugin/scheduler-status")]
    [InlineData("/api/plugin/observations")]
    [InlineData("/api/plugin/job-types/unknown/config")]
    [InlineData("/api/plugin/job-types/unknown/runs")]
    [InlineData("/health")]
    [InlineData("/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task Reads_AnswerJson_WithSafeHeaders(string path)
    {
        var response = await admin.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Contains("script-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("GET", "/api/plugin/jobs/nope", 404)]
    [InlineData("GET", "/api/plugin/jobs/nope/detail", 404)]
    [InlineData("GET", "/api/plugin/job-types/nope/descriptor", 404)]
    [InlineData("POST", "/api/plugin/job-types/nope/schema", 500)]
    [InlineData("POST", "/api/plugin/job-types/nope/detect", 500)]
    [InlineData("POST", "/api/plugin/jobs/nope/expire", 404)]
    [InlineData("POST", "/api/plugin/jobs/nope/cancel", 404)]
    [InlineData("POST", "/api/plugin/jobs/nope/retry", 404)]
    [InlineData("POST", "/api/plugin/jobs/execute", 400)]
    [InlineData("PUT", "/api/plugin/job-types/nope/config", 400)]
    [InlineData("DELETE", "/api/plugin/jobs/nope", 405)]
    [InlineData("POST", "/", 405)]
    public async Task Refusals_HaveTheirCode_AndSayWhy(string method, string path, int code)
    {
        var response = await admin.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(code, (int)response.StatusCode);
        Assert.NotEqual("", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    public async Task ForeignRequests_AreRefused(string header, string value, int code)
    {
        foreach (var path in (string[])["/", "/api/plugin/jobs", "/_blazor/negotiate", "/health"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            Assert.Equal(code, (int)(await admin.Http.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json", 400)]
    public async Task Posts_WantJson(string type, int code)
    {
        using var content = new StringContent("{}", Encoding.UTF8, type);
        Assert.Equal(code, (int)(await admin.Http.PostAsync(new Uri("/api/plugin/jobs/execute", UriKind.Relative), content)).StatusCode);
    }

    [Fact]
    public async Task LargeBody_IsRefused()
    {
        using var content = new StringContent(new string(' ', 2 * 1024 * 1024), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await admin.Http.PostAsync(new Uri("/api/plugin/jobs/execute", UriKind.Relative), content)).StatusCode);
    }

    [Fact]
    public async Task PortsDoNotMix()
    {
        using var http2 = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal(HttpStatusCode.NotFound, (await http2.GetAsync(new Uri($"http://{admin.GrpcAddress}/api/plugin/status"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.Http.GetAsync(new Uri($"http://{admin.GrpcAddress}/"))).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/plugin.PluginControlService/WorkerStream");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await admin.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Metrics_AreReadable() => Assert.Contains("# TYPE pluginadmin_jobs gauge", await admin.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);

    [Fact]
    public async Task Dashboard_IsServed_AndItsScriptIsTheOneThatWasTried()
    {
        Assert.Contains("blazor.web", await admin.Http.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        var script = await admin.Http.GetByteArrayAsync(new Uri("/_framework/blazor.web.js", UriKind.Relative));
        Assert.StartsWith("9e4b324dd37a521a", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(script)), StringComparison.Ordinal);
    }

    [Fact]
    public void WrongOptions_AreAllReportedAtOnce()
    {
        var (_, errors) = AppOptions.Read(
            ["--prot", "1", "--grpc-port", "99999", "--bind", "somewhere"], new ConfigurationBuilder().Build(), new Dictionary<string, string> { ["ADMIN__DATADRI"] = "x" });
        Assert.Equal(4, errors.Count);
        Assert.Contains(errors, error => error.Contains("--port", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("data-dir", StringComparison.Ordinal));
    }

    [Fact]
    public void CommandLine_Beats_Environment_Beats_File()
    {
        var file = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Admin:Port"] = "1", ["Admin:GrpcPort"] = "2", ["Admin:Bind"] = "::1" }).Build();
        var (options, errors) = AppOptions.Read(["--port=5"], file, new Dictionary<string, string> { ["ADMIN__PORT"] = "3", ["ADMIN__GRPCPORT"] = "4" });
        Assert.Empty(errors);
        Assert.Equal((5, 4, "::1"), (options.Port, options.GrpcPort, options.Bind));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public async Task OpenBind_IsRefused_BeforeAnyPortOpens(string bind)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(new AppOptions { Bind = bind, Port = 0, GrpcPort = 0, Ephemeral = true }));
        Assert.Equal(78, refused.ExitCode);
    }

    [Fact]
    public async Task BusyPort_And_BusyFolder_AreSaidInOneLine()
    {
        var busy = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(new AppOptions { Port = admin.Address.Port, GrpcPort = 0, Ephemeral = true }));
        Assert.Contains($"--port {admin.Address.Port}", busy.Message, StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("admin-").FullName;
        await using (await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = folder }))
        {
            var taken = await Assert.ThrowsAsync<StartRefusedException>(() => AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, DataDir = folder }));
            Assert.Contains("in use by another admin (pid", taken.Message, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }
}
