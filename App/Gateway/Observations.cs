using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>
/// The newest observation of each object. They stay when their worker leaves; a later report of any worker replaces one.
/// Beyond the limit the oldest go.
/// </summary>
public sealed class Observations(TimeProvider time)
{
    public const int Most = 10_000;

    public Feed<ObservationBook> Newest { get; } = new(ObservationBook.Empty);

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
            .Select(observation => KeyValuePair.Create(observation.Key, observation))
            .ToList();
        if (taken.Count == 0)
        {
            return;
        }

        Newest.Change(book => new ObservationBook(Bounded(book.ByKey.SetItems(taken))));
    }

    private static ImmutableDictionary<string, Observation> Bounded(ImmutableDictionary<string, Observation> all) =>
        all.Count <= Most ? all : all.RemoveRange(all.OrderBy(pair => pair.Value.At).Take(all.Count - Most).Select(pair => pair.Key));
}
