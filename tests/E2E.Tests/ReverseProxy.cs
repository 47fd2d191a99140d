using System.Net;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.E2E.Tests;

/// <summary>A proxy as many have one in front: plain HTTP, everything below a prefix, and no WebSockets.</summary>
/// <param name="strips">Takes the prefix away and says so in a header; else it passes the path on as it is.</param>
internal sealed class ReverseProxy(string behind, string prefix, bool strips) : IAsyncDisposable
{
    private static readonly string[] NotPassedOn = ["Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly int _port = Ports.Next();
    private WebApplication? _app;

    public string Address => $"http://127.0.0.1:{_port}{prefix}";

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _app = builder.Build();
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
        if (http.Request.Headers.Upgrade.Count > 0 || !http.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest))
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
}
