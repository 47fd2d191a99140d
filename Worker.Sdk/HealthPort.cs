using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Tells probes and collectors on the same machine how the worker is. A worker has no other listener.</summary>
internal sealed partial class HealthPort : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly PluginWorker _worker;
    private readonly HandlerHealth _health;
    private readonly WorkerFigures _figures;
    private readonly ILogger _logger;
    private Task _serving = Task.CompletedTask;

    private HealthPort(PluginWorker worker, HandlerHealth health, WorkerFigures figures, ILogger logger)
    {
        _worker = worker;
        _health = health;
        _figures = figures;
        _logger = logger;
    }

    public static HealthPort Open(int port, PluginWorker worker, HandlerHealth health, WorkerFigures figures, ILogger logger)
    {
        var opened = new HealthPort(worker, health, figures, logger);
        opened._listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
        opened._listener.Start();
        opened._serving = opened.ServeAsync();
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(false);
    }

    /// <summary>One request after the other: probes are few, and their answers are made of what is in memory.</summary>
    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync().ConfigureAwait(false);
                var (status, kind, text) = Answer(context.Request.HttpMethod, context.Request.Url?.AbsolutePath);
                var bytes = Encoding.UTF8.GetBytes(text);
                context.Response.StatusCode = status;
                context.Response.ContentType = kind;
                context.Response.ContentLength64 = bytes.Length;
                await context.Response.OutputStream.WriteAsync(context.Request.HttpMethod == "HEAD" ? ReadOnlyMemory<byte>.Empty : bytes).ConfigureAwait(false);
                context.Response.Close();
            }
            catch (Exception exception) when (exception is ObjectDisposedException or HttpListenerException or InvalidOperationException && !_listener.IsListening)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // A prober that hung up.
                LogFailed(_logger, exception);
            }
        }
    }

    private (int Status, string Kind, string Text) Answer(string method, string? path)
    {
        const string plain = "text/plain; charset=utf-8";
        if (method is not ("GET" or "HEAD"))
        {
            return (405, plain, "GET only\n");
        }

        return path switch
        {
            "/health" => (200, plain, _health.Text is { Length: > 0 } text ? text + "\n" : "ok\n"),
            "/ready" => _worker.State == WorkerState.Running ? (200, plain, "ready\n") : (503, plain, $"{_worker.State}\n"),
            "/metrics" => (200, "text/plain; version=0.0.4; charset=utf-8", _figures.ToText()),
            _ => (404, plain, "there are /health, /ready and /metrics\n"),
        };
    }

    [LoggerMessage(42, LogLevel.Debug, "A request to the health port failed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
