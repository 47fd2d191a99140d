using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>A proxy as many have one in front: everything below a prefix, plain HTTP and no WebSockets unless told otherwise.</summary>
/// <param name="strips">Takes the prefix away and says so in a header; else it passes the path on as it is.</param>
internal sealed class ReverseProxy(string behind, string prefix, bool strips) : IAsyncDisposable
{
    private static readonly string[] NotPassedOn = ["Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly int _port = Ports.Next();
    private WebApplication? _app;

    /// <summary>TLS ends here, with a certificate that nobody knows; browsers then speak HTTP/2.</summary>
    public bool Tls { get; init; }

    public bool PassesSockets { get; init; }

    public string Address => $"{(Tls ? "https" : "http")}://127.0.0.1:{_port}{prefix}";

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen =>
        {
            if (Tls)
            {
                listen.UseHttps(Certificate());
            }
        }));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(PassAsync);
        await _app.StartAsync();
    }

    /// <summary>Cuts every connection; it may be started again.</summary>
    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync(new CancellationToken(canceled: true));
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        if (PassesSockets && http.WebSockets.IsWebSocketRequest)
        {
            await PassSocketAsync(http);
            return;
        }

        if (http.WebSockets.IsWebSocketRequest || !http.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var asked = new HttpRequestMessage(new HttpMethod(http.Request.Method), $"{behind}{(strips ? rest : http.Request.Path).ToUriComponent()}{http.Request.QueryString}");
        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            asked.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, value) in http.Request.Headers.Where(header => !NotPassedOn.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            _ = asked.Headers.TryAddWithoutValidation(name, value.ToArray()) || asked.Content?.Headers.TryAddWithoutValidation(name, value.ToArray()) == true;
        }

        if (Tls)
        {
            asked.Headers.Add("X-Forwarded-Proto", "https");
        }

        if (strips)
        {
            asked.Headers.Add("X-Forwarded-Prefix", prefix);
        }

        try
        {
            using var answer = await _http.SendAsync(asked, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, value) in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotPassedOn.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            {
                http.Response.Headers[name] = value.ToArray();
            }

            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The browser has gone, or the test has ended.
        }
    }

    private async Task PassSocketAsync(HttpContext http)
    {
        using var admin = new ClientWebSocket();
        foreach (var name in (string[])["Host", "Origin", "Cookie"])
        {
            admin.Options.SetRequestHeader(name, http.Request.Headers[name].ToString());
        }

        try
        {
            await admin.ConnectAsync(new Uri($"ws{behind["http".Length..]}{http.Request.Path.ToUriComponent()}{http.Request.QueryString}"), http.RequestAborted);
            using var browser = await http.WebSockets.AcceptWebSocketAsync();
            await await Task.WhenAny(PumpAsync(browser, admin, http.RequestAborted), PumpAsync(admin, browser, http.RequestAborted));
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // One of the two ends has gone.
        }
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await from.ReceiveAsync(buffer.AsMemory(), stop);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, stop);
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
