using System.Net;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Http;
using Answer = BlazorPluginAdmin.WorkerStock.Tests.Http.TestServer.Answer;

namespace BlazorPluginAdmin.WorkerStock.Tests.Http;

/// <summary>Calls of a real server.</summary>
public sealed class HttpTests : IDisposable
{
    private readonly TestServer _server;
    private readonly HandlerTestHost _host;
    private readonly Dictionary<string, IPAddress[]> _names = new(StringComparer.Ordinal) { ["here.test"] = [IPAddress.Loopback], ["there.test"] = [IPAddress.Loopback] };
    private readonly List<string> _resolved = [];

    public HttpTests()
    {
        _server = new TestServer(Reply);
        _host = new HandlerTestHost(new HttpHandler(TimeProvider.System, (host, _) =>
        {
            _resolved.Add(host);
            return _names.TryGetValue(host, out var addresses) ? Task.FromResult(addresses) : throw new System.Net.Sockets.SocketException(11001);
        }));
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Answer_IsInTheResult_AndInTheOutput()
    {
        var outcome = await CallAsync("/hello");
        Assert.True(outcome.Success, outcome.Text);
        Assert.Equal((200L, 0L, "hello"), (outcome.Outputs["http_status"].Wire.Int64Value, outcome.Outputs["exit_code"].Wire.Int64Value, Text(outcome)));
        Assert.Contains("Date", outcome.Outputs["headers"].Wire.MapValue.Fields.Keys);
        Assert.Contains(_server.Url("/hello"), _host.Output, StringComparison.Ordinal);
        Assert.Contains("hello", _host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text", "text/plain; charset=utf-8", "ä")]
    [InlineData("json", "application/json", """{"a":9007199254740993,"b":[true,null],"c":"\u00E4"}""")]
    [InlineData("bytes", "application/octet-stream", "raw")]
    public async Task Bodies_AreSentAsTheirKind(string kind, string type, string body)
    {
        var json = Value.Map([new("a", 9007199254740993L), new("c", "ä"), new("b", Value.List([true, default]))]);
        Assert.True((await CallAsync("/", ("method", "PUT"), ("body_kind", kind), ("body_text", "ä"), ("body_json", json), ("body_bytes", "raw"u8.ToArray()))).Success);
        Assert.Equal(("PUT", type, body), Assert.Single(_server.Requests) is { } asked ? (asked.Method, asked.ContentType, asked.Body) : default);
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(400, true)]
    [InlineData(408, false)]
    [InlineData(425, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task OtherStatuses_Fail_AndSomeAreWorthAnotherTry(int status, bool permanent)
    {
        var outcome = await CallAsync($"/status/{status}");
        Assert.False(outcome.Success);
        Assert.Equal((status, permanent ? "permanent" : "transient"), (outcome.Outputs["exit_code"].Wire.Int64Value, outcome.Outputs["error_class"].Wire.StringValue));
        Assert.True((await CallAsync($"/status/{status}", ("accept_codes", new[] { (long)status }))).Success);
        Assert.True((await CallAsync($"/status/{status}", ("accept_status", new[] { "4xx", "5xx" }))).Success);
    }

    [Fact]
    public async Task BodyRegex_Decides()
    {
        Assert.True((await CallAsync("/hello", ("body_regex", "^h.llo$"))).Success);
        Assert.Equal("permanent", (await CallAsync("/hello", ("body_regex", "bye"))).Outputs["error_class"].Wire.StringValue);
        Assert.Contains("not a pattern", (await CallAsync("/hello", ("body_regex", "("))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_AreFollowedToTheLimit_AndCountNothingWhenOff()
    {
        Assert.Equal("hello", Text(await CallAsync("/to/2")));
        var outcome = await CallAsync("/to/3", ("redirects", 2L));
        Assert.Equal(("permanent", "redirected more than 2 times"), (outcome.Outputs["error_class"].Wire.StringValue, outcome.Text));
        Assert.Equal(302, (await CallAsync("/to/1", ("redirects", 0L), ("accept_status", new[] { "3xx" }))).Outputs["http_status"].Wire.Int64Value);
        Assert.Contains("ftp", (await CallAsync("/to/ftp")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", "x")]
    [InlineData(308, "POST", "x")]
    public async Task Redirects_KeepMethodAndBody_WhereTheyMust(int status, string method, string body)
    {
        Assert.True((await CallAsync($"/again/{status}", ("method", "POST"), ("body_kind", "text"), ("body_text", "x"))).Success);
        Assert.Equal((method, body), (_server.Requests.Last().Method, _server.Requests.Last().Body));
    }

    [Fact]
    public async Task Secrets_GoToTheFirstHostAlone_AndAppearNowhere()
    {
        var outcome = await CallAsync("/echo-away", ("auth", "bearer"), ("token", "s3cret-token"), ("url", _server.Url("/echo-away", "here.test")));
        Assert.Equal(["Bearer s3cret-token", null], _server.Requests.Select(asked => asked.Authorization));
        Assert.True(outcome.Success, outcome.Text);
        outcome = await CallAsync("/echo", ("auth", "basic"), ("user", "ada"), ("password", "hunter22"));
        Assert.Equal("Basic YWRhOmh1bnRlcjIy", _server.Requests.Last().Authorization);
        Assert.Equal("you sent Basic ***", Text(outcome));
        Assert.DoesNotContain("YWRhOmh1bnRlcjIy", _host.Output, StringComparison.Ordinal);
        Assert.Contains("***", (await CallAsync("/echo", ("auth", "bearer"), ("token", "s3cret-token"), ("url", _server.Url("/x?key=s3cret-token")))).Text + _host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-token", _host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mask_FindsASecret_HoweverItIsCut()
    {
        for (var size = 1; size < 25; size++)
        {
            var mask = new SecretMask(["token1", "tok", "a"]);
            var output = "a token1 token token1"u8.ToArray().Chunk(size).SelectMany(piece => mask.Take(piece, last: false)).ToArray();
            Assert.Equal("a *** ***en ***", System.Text.Encoding.UTF8.GetString([.. output, .. mask.Take([], last: true)]));
        }

        await Task.CompletedTask;
    }

    /// <summary>The body is read to its end, however little of it is kept.</summary>
    [Fact]
    public async Task BodyBeyondTheLimit_IsCounted()
    {
        Assert.True((await CallAsync("/large")).Success);
        Assert.Contains("output limit reached", _host.Output, StringComparison.Ordinal);
        Assert.Equal(12_345, _host.LeftOut[OutputStream.Stdout]);
        Assert.Equal("12,345 bytes of output beyond the limit were not kept", Assert.Single(_host.Activities).Message);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest", "169.254.169.254 is in a denied network")]
    [InlineData("http://[::ffff:169.254.169.254]/", "in a denied network")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/", "in a denied network")]
    [InlineData("http://[fd00:ec2::254]/", "in a denied network")]
    [InlineData("http://metadata.test/", "metadata.test is 169.254.169.254, which is in a denied network")]
    [InlineData("http://mixed.test/", "mixed.test is 169.254.169.254")]
    public async Task DeniedNetworks_AreNotConnectedTo(string url, string why)
    {
        _names["metadata.test"] = [IPAddress.Parse("169.254.169.254")];
        _names["mixed.test"] = [IPAddress.Loopback, IPAddress.Parse("169.254.169.254")];
        var outcome = await CallAsync("/", ("url", url));
        Assert.Contains(why, outcome.Text, StringComparison.Ordinal);
        Assert.Equal("permanent", outcome.Outputs["error_class"].Wire.StringValue);
    }

    [Fact]
    public async Task ARedirectIntoADeniedNetwork_IsNotFollowed()
    {
        _names["metadata.test"] = [IPAddress.Parse("169.254.169.254")];
        var outcome = await CallAsync("/to/metadata");
        Assert.Equal("permanent", outcome.Outputs["error_class"].Wire.StringValue);
        Assert.Equal(["metadata.test"], _resolved);
        Assert.Equal("/to/metadata", Assert.Single(_server.Requests).Path);
    }

    [Fact]
    public async Task DeniedNetworksAndHosts_AreThoseOfTheConfiguration_NotOfTheJob()
    {
        _host.WorkerConfig["deny_networks"] = new[] { "127.0.0.0/8" };
        Assert.Contains("denied network", (await CallAsync("/hello", ("deny_networks", Array.Empty<string>()))).Text, StringComparison.Ordinal);
        _host.WorkerConfig["deny_networks"] = Array.Empty<string>();
        _host.WorkerConfig["allowed_hosts"] = new[] { "*.test" };
        Assert.Equal("127.0.0.1 is not among the allowed hosts", (await CallAsync("/hello")).Text);
        Assert.True((await CallAsync("/", ("url", _server.Url("/hello", "HERE.test")))).Success);
        Assert.Contains("not among the allowed hosts", (await CallAsync("/", ("url", _server.Url("/to/loopback", "here.test")))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyThere_OrNoSuchName_IsTransient()
    {
        using var gone = new TestServer(Reply);
        var url = gone.Url("/");
        gone.Dispose();
        await gone.Serving;
        foreach (var address in (string[])[url, "http://nowhere.test/"])
        {
            var outcome = await CallAsync("/", ("url", address));
            Assert.Equal(("transient", -1L), (outcome.Outputs["error_class"].Wire.StringValue, outcome.Outputs["exit_code"].Wire.Int64Value));
        }
    }

    [Fact]
    public async Task NoAnswer_IsATransientTimeout_AndACancelIsOne()
    {
        var outcome = await CallAsync("/never", ("request_timeout", TimeSpan.FromMilliseconds(300)));
        Assert.Equal(("transient", "no whole answer within 0.3 s"), (outcome.Outputs["error_class"].Wire.StringValue, outcome.Text));
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        Assert.Equal("context canceled", (await _host.ExecuteAsync(new ValueSet { ["url"] = _server.Url("/never") }, cancellationToken: canceled.Token)).Text);
    }

    [Theory]
    [InlineData("ftp://host/", "not an http")]
    [InlineData("http://ada:pw@host/", "user or password")]
    public async Task OtherAddresses_AreRefused(string url, string why) => Assert.Contains(why, (await CallAsync("/", ("url", url))).Text, StringComparison.Ordinal);

    [Fact]
    public async Task Headers_AreSent_ButNotThoseOfTheFraming()
    {
        Assert.Equal("yes", Text(await CallAsync("/header", ("headers", Value.Map([new("X-Asked", "yes")])))));
        Assert.Contains("Content-Length", (await CallAsync("/", ("headers", Value.Map([new("content-length", "5")])))).Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("one line", (await CallAsync("/", ("headers", Value.Map([new("X-A", "a\r\nB: c")])))).Text, StringComparison.Ordinal);
    }

    private static string Text(JobOutcome outcome) => outcome.Outputs["stdout"].Wire.StringValue;

    private Answer Reply(HttpListenerRequest request, string body)
    {
        var parts = request.Url!.AbsolutePath.Split('/');
        return (parts[1], parts.ElementAtOrDefault(2)) switch
        {
            ("status", { } status) => new(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
            ("to", "ftp") => new(302, Location: "ftp://127.0.0.1/"),
            ("to", "metadata") => new(302, Location: "http://metadata.test/"),
            ("to", "loopback") => new(302, Location: _server.Url("/hello")),
            ("to", "0") => new(200, "hello"),
            ("to", { } left) => new(302, Location: $"/to/{int.Parse(left, System.Globalization.CultureInfo.InvariantCulture) - 1}"),
            ("again", { } status) => new(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), Location: "/hello"),
            ("echo-away", _) when request.UserHostName.StartsWith("here", StringComparison.Ordinal) => new(307, Location: _server.Url("/echo-away", "there.test")),
            ("echo", _) => new(200, $"you sent {request.Headers["Authorization"]}"),
            ("header", _) => new(200, request.Headers["X-Asked"] ?? "no"),
            ("large", _) => new(200, new string('x', (16 * 1024 * 1024) + 12_345)),
            ("never", _) => new(0),
            _ => new(200, "hello"),
        };
    }

    private Task<JobOutcome> CallAsync(string path, params (string Name, Value Value)[] more)
    {
        var values = new ValueSet { ["url"] = _server.Url(path) };
        foreach (var (name, value) in more)
        {
            values[name] = value;
        }

        return _host.ExecuteAsync(values);
    }
}
