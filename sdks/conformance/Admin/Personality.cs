using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>Which admin is played.</summary>
internal sealed record Personality(string Name, string Message, int HeartbeatSeconds, int ReconnectSeconds, IReadOnlyList<string> Extensions)
{
    /// <summary>This project's admin: agrees to all five extensions that a worker asks for.</summary>
    public static Personality Ours { get; } = new("ours", "accepted", 10, 5, ["log", "ack", "resume", "ping", "drain"]);

    /// <summary>A weed admin: its own words and numbers, no extension.</summary>
    public static Personality Weed { get; } = new("weed", "plugin connected", 30, 5, []);

    public bool IsWeed => Name == "weed";

    /// <summary>What it says to this hello.</summary>
    public AdminHello Answer(WorkerHello hello)
    {
        var asked = hello.Metadata.TryGetValue("extensions", out var list) ? list.Split(',', StringSplitOptions.TrimEntries) : [];
        return new AdminHello
        {
            Accepted = true,
            Message = Message,
            HeartbeatIntervalSeconds = HeartbeatSeconds,
            ReconnectDelaySeconds = ReconnectSeconds,
            Extensions = { Extensions.Where(asked.Contains) },
        };
    }
}
