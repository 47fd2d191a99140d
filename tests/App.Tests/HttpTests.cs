using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace BlazorPluginAdmin.App.Tests;

public sealed partial class HttpTests(RunningAdmin admin) : IClassFixture<RunningAdmin>
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

    [Fact]
    public async Task Files_AreSentCompressed_AndKeptForEver_WhenTheirNameSaysWhatIsInThem()
    {
        using var visit = new HttpRequestMessage(HttpMethod.Get, "/");
        visit.Headers.Accept.ParseAdd("text/html");
        using var page = await admin.Http.SendAsync(visit);
        Assert.Empty(page.Content.Headers.ContentEncoding);
        var files = FilesOf().Matches(await page.Content.ReadAsStringAsync()).Select(match => match.Groups[1].Value).ToList();
        Assert.Contains(files, file => file.Contains("blazor.web", StringComparison.Ordinal));
        Assert.True(files.Count > 8, string.Join(' ', files));
        foreach (var file in files)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/{file}");
            request.Headers.AcceptEncoding.ParseAdd("gzip, br");
            using var answer = await admin.Http.SendAsync(request);
            Assert.True(answer.Content.Headers.ContentEncoding.Count == 1, $"{file} is not compressed");
            Assert.True(answer.Headers.CacheControl!.ToString().Contains("immutable", StringComparison.Ordinal), $"{file}: {answer.Headers.CacheControl}");
        }
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
    [InlineData("GET", "/api/plugin/nothing-here", 404)]
    [InlineData("POST", "/api/plugin/jobs", 400)]
    [InlineData("POST", "/API/plugin/jobs/execute", 405)]
    [InlineData("GET", "/api/plugin/job-types/no%20name/config", 400)]
    [InlineData("GET", "/api/plugin/jobs?after=nonsense", 400)]
    [InlineData("PATCH", "/api/plugin/jobs/nope", 404)]
    [InlineData("PUT", "/api/plugin/jobs/nope", 405)]
    [InlineData("POST", "/", 405)]
    public async Task Refusals_HaveTheirCode_AndSayWhy(string method, string path, int code)
    {
        var response = await admin.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(code, (int)response.StatusCode);
        Assert.NotEqual("", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Host", "evil.example:80", 421)]
    [InlineData("Host", "localhost.", 421)]
    [InlineData("Host", "127.0.0.1.evil.example", 421)]
    [InlineData("Host", "[::2]", 421)]
    [InlineData("Host", "192.0.2.1", 421)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1", 403)]
    [InlineData("Origin", "http://localhost:3000", 403)]
    [InlineData("Origin", "http://[::1]:1", 403)]
    [InlineData("Origin", "file://", 403)]
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
    [InlineData("LOCALHOST:{0}", "http://localhost:{0}")]
    [InlineData("localhost:{0}", "http://LOCALHOST:{0}")]
    [InlineData("[::1]:{0}", "http://[::1]:{0}")]
    [InlineData("127.0.0.1:{0}", "https://127.0.0.1:{0}")]
    [InlineData("127.0.0.1", "http://127.0.0.1")]
    [InlineData("localhost", "")]
    public async Task OwnRequests_AreServed_HoweverTheHostIsWritten(string host, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/plugin/jobs");
        request.Headers.Host = string.Format(System.Globalization.CultureInfo.InvariantCulture, host, admin.Address.Port);
        if (origin.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Origin", string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, admin.Address.Port));
        }

        Assert.Equal(HttpStatusCode.OK, (await admin.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task CircuitSocket_OpensForOurPages_NotForOthers()
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        foreach (var (origin, opens) in ((string, bool)[])[($"http://{admin.Address.Authority}", true), ("http://evil.example", false), ("null", false)])
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", origin);
            socket.Options.CollectHttpResponseDetails = true;
            var opening = socket.ConnectAsync(new UriBuilder(admin.Address) { Scheme = "ws", Path = "_blazor" }.Uri, invoker, CancellationToken.None);
            if (opens)
            {
                await opening;
                Assert.Equal(WebSocketState.Open, socket.State);
            }
            else
            {
                await Assert.ThrowsAsync<WebSocketException>(() => opening);
                Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
            }
        }
    }

    [Fact]
    public async Task LinkFromElsewhere_OpensAPage_ButFramesAndScriptsDoNot()
    {
        foreach (var (mode, code) in ((string, HttpStatusCode)[])[("navigate", HttpStatusCode.OK), ("no-cors", HttpStatusCode.Forbidden), ("websocket", HttpStatusCode.Forbidden)])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
            request.Headers.TryAddWithoutValidation("Sec-Fetch-Mode", mode);
            var response = await admin.Http.SendAsync(request);
            Assert.Equal(code, response.StatusCode);
            Assert.Contains("frame-ancestors 'none'", string.Join(' ', response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("INVENTED")]
    public async Task OtherMethods_AreRefused_Everywhere(string method)
    {
        foreach (var path in (string[])["/", "/api/plugin/jobs/execute", "/_framework/blazor.web.js", "/health"])
        {
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await admin.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).StatusCode);
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

    [Theory]
    [InlineData("jobs/bulk", 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("jobs", 4, HttpStatusCode.BadRequest)]
    [InlineData("jobs/execute", 4, HttpStatusCode.BadRequest)]
    [InlineData("jobs/j-1/retry", 4, HttpStatusCode.BadRequest)]
    [InlineData("groups", 4, HttpStatusCode.BadRequest)]
    public async Task LargeBody_IsRefused_AlsoWhenItsLengthIsNotSaid(string route, int most, HttpStatusCode code)
    {
        foreach (var chunked in (bool[])[false, true])
        {
            using var content = new StringContent(new string(' ', (most * 1024 * 1024) + 1), Encoding.UTF8, "application/json");
            var request = new HttpRequestMessage(HttpMethod.Post, $"/api/plugin/{route}") { Content = content };
            request.Headers.TransferEncodingChunked = chunked;
            var response = await admin.Http.SendAsync(request);
            Assert.Equal(code, response.StatusCode);
            Assert.Contains($"may have {most} MiB", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
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
    public async Task Dashboard_IsServed_AndItsScriptIsTheOneThatWasTried()
    {
        Assert.Contains("blazor.web", await admin.Http.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        var script = await admin.Http.GetByteArrayAsync(new Uri("/_framework/blazor.web.js", UriKind.Relative));
        Assert.StartsWith("9e4b324dd37a521a", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(script)), StringComparison.Ordinal);
    }

    [System.Text.RegularExpressions.GeneratedRegex("(?:href|src)=\"([^\"]+\\.(?:css|js))\"")]
    private static partial System.Text.RegularExpressions.Regex FilesOf();
}
