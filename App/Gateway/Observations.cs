using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>What a worker saw of one object, whatever that is.</summary>
public sealed record Observation(
    ImmutableArray<string> ObjectId, string Kind, string Format, ConfigValues Attributes, string JobType, WorkerId Worker, DateTimeOffset At);

/// <summary>
/// The newest observation of each object, past the engine: nothing is decided by them, so they live in memory alone and
/// stay when their worker leaves. Beyond the limit the oldest go.
/// </summary>
public sealed class Observations(TimeProvider time)
{
    public const int Most = 10_000;

    private ImmutableDictionary<string, Observation> _byObject = ImmutableDictionary.Create<string, Observation>(StringComparer.Ordinal);

    /// <summary>Newest first.</summary>
    public IEnumerable<Observation> Of(string? format) => _byObject.Values
        .Where(observation => string.IsNullOrEmpty(format) || observation.Format.Equals(format, StringComparison.OrdinalIgnoreCase))
        .OrderByDescending(observation => observation.At)
        .ThenBy(observation => string.Join('/', observation.ObjectId), StringComparer.Ordinal);

    public void Take(string worker, Wire.WorkerObservations report)
    {
        var now = time.GetUtcNow();
        var taken = report.Observations
            .Where(observation => observation.ObjectId.Any(part => part.Length > 0))
            .TakeLast(Most)
            .Select(observation => new Observation(
                [.. observation.ObjectId.Take(WireLimits.Nesting).Select(part => WireLimits.Cut(part, WireLimits.Id))],
                WireLimits.Cut(observation.ObjectKind, WireLimits.Title),
                WireLimits.Cut(observation.Format, WireLimits.Title),
                InboundMapper.Bounded(observation.Attributes, WireLimits.Message),
                WireLimits.Cut(report.JobType, WireLimits.JobType),
                new WorkerId(worker),
                InboundMapper.Instant(observation.ObservedAt) ?? now))
            .ToList();
        ImmutableInterlocked.Update(ref _byObject, before => Newest(before.SetItems(taken.Select(one => KeyValuePair.Create(string.Join('\0', one.ObjectId), one)))));
    }

    private static ImmutableDictionary<string, Observation> Newest(ImmutableDictionary<string, Observation> all) =>
        all.Count <= Most ? all : all.RemoveRange(all.OrderBy(pair => pair.Value.At).Take(all.Count - Most).Select(pair => pair.Key));
}
