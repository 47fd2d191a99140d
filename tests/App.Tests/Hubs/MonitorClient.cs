using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlazorPluginAdmin.App.Tests.Hubs;

/// <summary>The least of a SignalR client: JSON over a web socket. It reads only when asked, as a slow client would.</summary>
public sealed class MonitorClient : IAsyncDisposable
{
    private const char End = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _received = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60), TimeProvider.System);

    public static async Task<MonitorClient> ConnectAsync(Uri address)
    {
        var client = new MonitorClient();
        await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/hubs/monitor" }.Uri, client._limit.Token);
        await client.SendAsync(new JsonObject { ["protocol"] = "json", ["version"] = 1 });
        Assert.Equal("{}", await client.ReceiveAsync());
        return client;
    }

    /// <summary>Opens a stream of frames under this id.</summary>
    public Task WatchAsync(string id, JsonObject request) =>
        SendAsync(new JsonObject { ["type"] = 4, ["invocationId"] = id, ["target"] = "Watch", ["arguments"] = new JsonArray(request) });

    /// <summary>Ends a stream.</summary>
    public Task StopAsync(string id) => SendAsync(new JsonObject { ["type"] = 5, ["invocationId"] = id });

    /// <summary>The next frame of any stream.</summary>
    public async Task<JsonElement> FrameAsync()
    {
        var message = await MessageAsync();
        Assert.True(message.GetProperty("type").GetInt32() == 2, $"not a frame: {message}");
        return message.GetProperty("item");
    }

    /// <summary>How a stream ended: the error, or empty.</summary>
    public async Task<string> EndAsync()
    {
        while (true)
        {
            var message = await MessageAsync();
            if (message.GetProperty("type").GetInt32() == 3)
            {
                return message.TryGetProperty("error", out var error) ? error.GetString()! : "";
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        _limit.Dispose();
        await ValueTask.CompletedTask;
    }

    private async Task<JsonElement> MessageAsync()
    {
        while (true)
        {
            using var document = JsonDocument.Parse(await ReceiveAsync());
            if (document.RootElement.GetProperty("type").GetInt32() != 6)
            {
                return document.RootElement.Clone();
            }
        }
    }

    private async Task SendAsync(JsonObject message) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString() + End), WebSocketMessageType.Text, endOfMessage: true, _limit.Token);

    private async Task<string> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var text = _received.ToString();
            if (text.IndexOf(End, StringComparison.Ordinal) is var end and >= 0)
            {
                _received.Remove(0, end + 1);
                return text[..end];
            }

            var part = await _socket.ReceiveAsync(buffer, _limit.Token);
            _received.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
    }
}
