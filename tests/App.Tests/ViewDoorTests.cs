using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.Tests.Hubs;
using Microsoft.AspNetCore.Routing;

namespace BlazorPluginAdmin.App.Tests;

public sealed class ViewAdmin : RunningAdmin
{
    protected override AppOptions Options => base.Options with { ViewPort = 0 };
}

/// <summary>Every route of the API through both doors: at the one nothing can be changed, whatever a request says of itself.</summary>
public sealed class ViewDoorTests(ViewAdmin admin) : IClassFixture<ViewAdmin>
{
    /// <summary>A copy of everything: no look.</summary>
    private const string BackupFile = "/api/plugin/backups/{backup}/admin.db";

    [Fact]
    public async Task EveryAct_IsRefused_AndLeavesTheStateAsItIs()
    {
        var acts = Acts().ToList();
        Assert.InRange(acts.Count, 40, 200);
        await admin.UntilAsync(state => state.Store.Writable, "it has begun");
        var before = admin.Admin.States.Current.Value;
        foreach (var (method, path) in acts)
        {
            var (code, body) = await AskAsync(admin.ViewAddress, method, path);
            Assert.True(code == HttpStatusCode.Forbidden, $"{method} {path} answered {(int)code}: {body}");
            Assert.Equal("permission_denied", JsonDocument.Parse(body).RootElement.GetProperty("code").GetString());
        }

        var (_, file) = await AskAsync(admin.ViewAddress, "GET", Path(BackupFile));
        Assert.Contains("system.control", file, StringComparison.Ordinal);
        Assert.Same(before, admin.Admin.States.Current.Value);
    }

    [Fact]
    public async Task EveryLook_IsTaken()
    {
        foreach (var path in Endpoints("GET").Where(path => path != BackupFile).Select(Path))
        {
            var (code, body) = await AskAsync(admin.ViewAddress, "GET", path);
            Assert.True(code is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.InternalServerError), $"GET {path} answered {(int)code}: {body}");
        }
    }

    /// <summary>The same requests, by somebody who may: whatever else is wrong with them, it is not that.</summary>
    [Fact]
    public async Task EveryAct_IsTaken_AtTheAdminsOwnAddress()
    {
        foreach (var (method, path) in Acts().Append(("GET", Path(BackupFile))))
        {
            var (code, body) = await AskAsync(admin.Address, method, path);
            Assert.True(code is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), $"{method} {path} answered {(int)code}: {body}");
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer admin")]
    [InlineData("Cookie", "role=admin; theme=dark")]
    [InlineData("X-Forwarded-Port", "23646")]
    [InlineData("X-Forwarded-User", "admin")]
    [InlineData("X-HTTP-Method-Override", "GET")]
    [InlineData("Role", "admin")]
    public async Task NothingInARequest_MakesAViewerMore(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(admin.ViewAddress, "/api/plugin/scheduler/pause?role=admin"));
        request.Headers.Add(header, value);
        using var response = await admin.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Hub_Works()
    {
        await using var client = await MonitorClient.ConnectAsync(admin.ViewAddress);
        await client.WatchAsync("1", new JsonObject { ["topics"] = new JsonArray("workers") });
        Assert.Equal("snapshot", (await client.FrameAsync()).GetProperty("kind").GetString());
    }

    /// <summary>Workers and clients speak HTTP/2; this door does not.</summary>
    [Fact]
    public async Task Grpc_IsNotServed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(admin.ViewAddress, "/pluginadmin.v1.JobService/Submit")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        await Assert.ThrowsAsync<HttpRequestException>(() => admin.Http.SendAsync(request));
        var (code, _) = await AskAsync(admin.ViewAddress, "POST", "/pluginadmin.v1.JobService/Submit");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, code);
    }

    private IEnumerable<(string Method, string Path)> Acts() => ((string[])["POST", "PUT", "PATCH", "DELETE"]).SelectMany(method => Endpoints(method).Select(path => (method, Path(path))));

    /// <summary>Of the API; pages and hubs have no acts of their own, what happens in them is a circuit's.</summary>
    private IEnumerable<string> Endpoints(string method) => admin.Routes
        .Where(route => route.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) && route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) == true)
        .Select(route => route.RoutePattern.RawText!);

    private static string Path(string pattern) => string.Join('/', pattern.Split('/').Select(segment => segment.StartsWith('{') ? "unheard" : segment));

    /// <summary>Streams are asked until they begin.</summary>
    private async Task<(HttpStatusCode Code, string Body)> AskAsync(Uri address, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address, path));
        using var response = await admin.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync());
    }
}
