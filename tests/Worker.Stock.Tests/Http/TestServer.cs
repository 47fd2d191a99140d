using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Tests.Http;

/// <summary>A real server at a free port of this machine, which remembers what it was asked.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerRequest, string, Answer> _answer;

    public TestServer(Func<HttpListenerRequest, string, Answer> answer)
    {
        _answer = answer;
        Port = Listen();
        Serving = ServeAsync();
    }

    public int Port { get; }

    public Task Serving { get; }

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public string Url(string path, string host = "127.0.0.1") => $"http://{host}:{Port}{path}";

    public void Dispose() => _listener.Close();

    private int Listen()
    {
        for (var tries = 0; ; tries++)
        {
            // Free a moment ago; another program may have been quicker.
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                var port = ((IPEndPoint)probe.LocalEndpoint).Port;
                probe.Stop();
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://*:{port}/");
                try
                {
                    _listener.Start();
                    return port;
                }
                catch (HttpListenerException) when (tries < 20)
                {
                    // The next one, then.
                }
            }
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            Requests.Enqueue(new Asked(context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers["Authorization"], context.Request.ContentType, body));
            if (_answer(context.Request, body) is not { Status: > 0 } answer)
            {
                continue;
            }

            context.Response.StatusCode = answer.Status;
            if (answer.Location is not null)
            {
                context.Response.Headers["Location"] = answer.Location;
            }

            // Without a length it is sent in chunks, and the listener may end an empty one twice: the next answer of the connection would begin with that.
            var bytes = Encoding.UTF8.GetBytes(answer.Body);
            context.Response.ContentLength64 = bytes.Length;
            if (context.Request.HttpMethod != "HEAD")
            {
                await context.Response.OutputStream.WriteAsync(bytes);
            }

            context.Response.Close();
        }
    }

    /// <param name="Status">0 = never answers.</param>
    public sealed record Answer(int Status, string Body = "", string? Location = null);

    public sealed record Asked(string Method, string Path, string? Authorization, string? ContentType, string Body);
}
