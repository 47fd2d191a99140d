using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Bench.Load.Dashboards;

/// <summary>
/// An open dashboard without a browser: it starts a circuit as the browser's script does, acknowledges every batch of changes
/// and answers calls into the page, but draws nothing. So a hundred of them fit beside the server they look at.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private string _id = "";

    private Circuit(HttpClient http) => _http = http;

    /// <summary>Batches of changes that came.</summary>
    public long Batches { get; private set; }

    /// <summary>Bytes that came.</summary>
    public long Bytes { get; private set; }

    /// <summary>What the server said before it ended the circuit; null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Opens a page of the admin, e.g. <c>plugin</c>.</summary>
    public static async Task<Circuit> OpenAsync(HttpClient http, string path)
    {
        var circuit = new Circuit(http);
        var html = await http.GetStringAsync(new Uri(path, UriKind.Relative));
        var operations = new JsonArray([.. Marker().Matches(html).Select((match, n) => (JsonNode)new JsonObject { ["type"] = "add", ["ssrComponentId"] = n + 1, ["marker"] = JsonNode.Parse(match.Groups[1].Value) })]);
        var pages = http.BaseAddress!;
        await circuit._socket.ConnectAsync(new UriBuilder(pages) { Scheme = "ws", Path = "/_blazor" }.Uri, circuit._stop.Token);
        await circuit.SendAsync("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray(), WebSocketMessageType.Text);
        var buffer = new byte[256];
        await circuit._socket.ReceiveAsync(buffer, circuit._stop.Token);
        circuit._reading = circuit.ReadAsync();
        await circuit.InvokeAsync("1", "StartCircuit", pages.ToString(), new Uri(pages, path).ToString(), "[]", "");
        await circuit.InvokeAsync(null, "UpdateRootComponents", new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString(), "");
        return circuit;
    }

    /// <summary>As a page that is closed: the server keeps nothing for its return.</summary>
    public async ValueTask DisposeAsync()
    {
        using var form = new FormUrlEncodedContent([new("circuitId", _id)]);
        (await _http.PostAsync(new Uri("_blazor/disconnect", UriKind.Relative), form)).Dispose();
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4 * 1024 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    Problem ??= "the server closed the connection";
                    return;
                }

                filled += part.Count;
                Bytes += part.Count;
                var used = 0;
                while (BlazorPack.Read(buffer.AsSpan(used, filled - used)) is { } next)
                {
                    used += next.Bytes;
                    await TakeAsync(next.Message);
                }

                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The dashboard is closed.
        }
        catch (WebSocketException exception)
        {
            Problem ??= exception.Message;
        }
    }

    private async Task TakeAsync(object?[] message)
    {
        if (message is [3L, _, "1", _, string id])
        {
            _id = id;
        }

        if (message is not [1L, _, _, string target, object?[] arguments, ..])
        {
            return;
        }

        switch (target)
        {
            case "JS.RenderBatch":
                Batches++;
                await InvokeAsync(null, "OnRenderCompleted", arguments[0], null);
                break;
            case "JS.BeginInvokeJS" when arguments is [long handle and not 0, string function, string given, long kind, ..]:
                await InvokeAsync(null, "EndInvokeJSFromDotNet", handle, true, $"[{handle},true,{Answer(function, kind)}]");
                if (function == "Blazor._internal.Virtualize.init")
                {
                    // A list that draws what can be seen of it: its top, in a window of 800 pixels.
                    var list = JsonNode.Parse(given)![0]!["__dotNetObject"]!.GetValue<long>();
                    await InvokeAsync(null, "BeginInvokeDotNetFromJS", "1", null, "OnSpacerBeforeVisible", list, "[0,800,800]");
                }

                break;
            case "JS.Error":
                Problem = arguments[0] as string;
                break;
        }
    }

    /// <summary>What the page's script would answer: a module, the browser's clock (Frame.razor.js), or nothing.</summary>
    private static string Answer(string function, long kind) => (function, kind) switch
    {
        (_, 1) => """{"__jsObjectId":1}""",
        ("start", 0) => $$"""{"zone":"UTC","offsetMinutes":0,"now":{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}}""",
        _ => "null",
    };

    private Task InvokeAsync(string? id, string target, params object?[] arguments) =>
        SendAsync(BlazorPack.Write(1L, BlazorPack.Headers.None, id, target, arguments), WebSocketMessageType.Binary);

    private async Task SendAsync(byte[] bytes, WebSocketMessageType type) => await _socket.SendAsync(bytes, type, endOfMessage: true, _stop.Token);

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->")]
    private static partial Regex Marker();
}
