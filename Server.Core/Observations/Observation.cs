using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Observations;

/// <summary>What a worker saw of one object, whatever that is.</summary>
public sealed record Observation(
    ImmutableArray<string> ObjectId, string Kind, string Format, ConfigValues Attributes, string JobType, WorkerId Worker, DateTimeOffset At)
{
    /// <summary>The id as one text; its parts cannot run into each other.</summary>
    public string Key => KeyOf(ObjectId);

    public static string KeyOf(IEnumerable<string> objectId) => string.Join('/', objectId.Select(Uri.EscapeDataString));
}

/// <summary>The newest observation of each object, by <see cref="Observation.Key"/>.</summary>
public sealed record ObservationBook(ImmutableDictionary<string, Observation> ByKey)
{
    public static readonly ObservationBook Empty = new(ImmutableDictionary.Create<string, Observation>(StringComparer.Ordinal));

    /// <summary>Newest first; <paramref name="format"/> in any case, null or empty: all.</summary>
    public IEnumerable<Observation> Of(string? format) => ByKey.Values
        .Where(observation => string.IsNullOrEmpty(format) || observation.Format.Equals(format, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(observation => observation.At)
        .ThenBy(observation => observation.Key, StringComparer.Ordinal);
}
