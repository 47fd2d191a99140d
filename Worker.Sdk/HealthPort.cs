using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Tells probes and collectors on the same machine how the worker is. A worker has no other listener.</summary>
internal sealed partial class HealthPort : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly PluginWorker _worker;
    private readonly HandlerHealth _health;
    private readonly WorkerFigures _figures;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private Task _serving = Task.CompletedTask;

    private HealthPort(HttpListener listener, PluginWorker worker, HandlerHealth health, WorkerFigures figures, ILogger logger)
    {
        _listener = listener;
        _worker = worker;
        _health = health;
        _figures = figures;
        _logger = logger;
    }

    public static HealthPort Open(int port, PluginWorker worker, HandlerHealth health, WorkerFigures figures, ILogger logger)
    {
        var opened = new HealthPort(Listening(port), worker, health, figures, logger);
        opened._serving = opened.ServeAsync();
        return opened;
    }

    /// <summary>The listener answers to hosts by their names; where <c>localhost</c> is no address of this machine, to the number alone.</summary>
    private static HttpListener Listening(int port)
    {
        try
        {
            return Listening(port, "127.0.0.1", "localhost");
        }
        catch (HttpListenerException)
        {
            return Listening(port, "127.0.0.1");
        }
    }

    private static HttpListener Listening(int port, params ReadOnlySpan<string> hosts)
    {
        var listener = new HttpListener();
        foreach (var host in hosts)
        {
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://{host}:{port}/"));
        }

        listener.Start();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        // A listener that is closed while somebody begins to wait for its next request never ends that wait.
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Close();
        await _serving.ConfigureAwait(false);
        _closing.Dispose();
    }

    /// <summary>One request after the other: probes are few, and their answers are made of what is in memory.</summary>
    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync().WaitAsync(_closing.Token).ConfigureAwait(false);
                var (status, kind, text) = Answer(context.Request.HttpMethod, context.Request.Url?.AbsolutePath);
                var bytes = Encoding.UTF8.GetBytes(text);
                context.Response.StatusCode = status;
                context.Response.ContentType = kind;
                context.Response.ContentLength64 = bytes.Length;
                await context.Response.OutputStream.WriteAsync(context.Request.HttpMethod == "HEAD" ? ReadOnlyMemory<byte>.Empty : bytes).ConfigureAwait(false);
                context.Response.Close();
            }
            catch (Exception exception) when (_closing.IsCancellationRequested && exception is OperationCanceledException or ObjectDisposedException or HttpListenerException or InvalidOperationException)
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
