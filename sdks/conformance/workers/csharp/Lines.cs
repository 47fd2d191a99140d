using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.ConformanceWorker;

/// <summary>Standard output as the kit reads it: one JSON object a line, whole, flushed.</summary>
internal static class Lines
{
    private static readonly Lock Gate = new();
    private static readonly Stream Output = Console.OpenStandardOutput();

    public static void Write(JsonObject json)
    {
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString() + "\n");
        lock (Gate)
        {
            Output.Write(bytes);
            Output.Flush();
        }
    }

    public static void Event(string name, params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var json = new JsonObject { ["event"] = name };
        foreach (var (field, value) in fields)
        {
            json[field] = value;
        }

        Write(json);
    }
}

/// <summary>The SDK's warnings and errors as events.</summary>
internal sealed class EventLogger : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var text = formatter(state, exception) + (exception is null ? "" : $": {exception.Message}");
        Lines.Event("log", ("level", logLevel == LogLevel.Warning ? "warning" : "error"), ("text", text.Length > 2000 ? text[..2000] : text));
    }
}
