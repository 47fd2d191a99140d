using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>What the values of a key are.</summary>
public enum QueryValueKind
{
    /// <summary>Any text: a type, a worker, an id.</summary>
    Name,

    /// <summary>One of the words of the key.</summary>
    Word,

    /// <summary>A number from 0 to 100, a comparison or a range.</summary>
    Priority,

    /// <summary>An age, a date, a comparison or a range.</summary>
    Time,
}

/// <param name="Means">For the list of suggestions.</param>
/// <param name="Words">The values of a <see cref="QueryValueKind.Word"/> key.</param>
public sealed record QueryKey(string Name, QueryValueKind Kind, string Means, ImmutableArray<string> Words);

/// <summary>The keys a query knows.</summary>
public static class QueryKeys
{
    /// <summary>A label's key follows the dot.</summary>
    public const string LabelPrefix = "label.";

    public static readonly ImmutableArray<QueryKey> All =
    [
        new("type", QueryValueKind.Name, "job type", []),
        new("state", QueryValueKind.Word, "state", [.. Names<JobState>(0), "active", "ended"]),
        new("phase", QueryValueKind.Word, "what a state means just now", Names<JobPhase>(1)),
        new("reason", QueryValueKind.Word, "why it ended so", Names<JobReason>(1)),
        new("worker", QueryValueKind.Name, "worker of the last attempt", []),
        new("origin", QueryValueKind.Word, "where it came from", Names<JobOrigin>(0)),
        new("by", QueryValueKind.Name, "who submitted it", []),
        new(LabelPrefix, QueryValueKind.Name, "label, as label.env:prod", []),
        new("group", QueryValueKind.Name, "group it was submitted in", []),
        new("detection", QueryValueKind.Name, "detection that proposed it", []),
        new("fp", QueryValueKind.Name, "fingerprint of the failure", []),
        new("priority", QueryValueKind.Priority, "priority, as >=75 or 0..50", []),
        new("created", QueryValueKind.Time, "when, as <1h, today or 2026-01-02..2026-01-03", []),
        new("updated", QueryValueKind.Time, "last change, as <5m", []),
        new("completed", QueryValueKind.Time, "end, as <1d", []),
        new("due", QueryValueKind.Time, "when it may start, as >5m for waiting longer than that", []),
        new("needs", QueryValueKind.Word, "what should be looked at", [.. Needs.Words]),
        new("id", QueryValueKind.Name, "the whole id", []),
    ];

    public static QueryKey? Find(string name) =>
        name.StartsWith(LabelPrefix, StringComparison.Ordinal) && name.Length > LabelPrefix.Length
            ? All.First(key => key.Name == LabelPrefix)
            : All.FirstOrDefault(key => key.Name == name && key.Name != LabelPrefix);

    public static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static ImmutableArray<string> Names<T>(int skip)
        where T : struct, Enum => [.. Enum.GetValues<T>().Skip(skip).Select(Word)];
}
