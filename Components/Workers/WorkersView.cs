using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>Which workers; empty parts say nothing.</summary>
/// <param name="Health">healthy, unhealthy, draining, disconnected, conflict, waiting or denied.</param>
/// <param name="Label"><c>key</c>, or <c>key:value</c>.</param>
public sealed record WorkersFilter(string Health, string JobType, string Label, string Version, string Lane, string Text)
{
    public bool IsEmpty => this == new WorkersFilter("", "", "", "", "", "");
}

/// <summary>The workers a filter lets through, in the order of the read model, and how many there would be of any health, and of each.</summary>
public sealed record WorkersView(ImmutableArray<WorkerView> Shown, int OfAnyHealth, ImmutableSortedDictionary<string, int> ByHealth)
{
    /// <summary>In the order they are offered.</summary>
    public static readonly ImmutableArray<(string Health, string Text)> Healths =
        [("healthy", "Healthy"), ("unhealthy", "Unhealthy"), ("draining", "Draining"), ("conflict", "Conflict"), ("waiting", "Wait for approval"), ("denied", "Denied"), ("disconnected", "Disconnected")];

    public static readonly WorkersView Empty = new([], 0, ImmutableSortedDictionary<string, int>.Empty);

    private static readonly OncePerModel<WorkersFilter, WorkersView> Known = new((model, filter) =>
    {
        var lanes = model.JobTypes.ToDictionary(type => type.Name, type => type.Rules.Lane, StringComparer.Ordinal);
        return From(model.Workers, filter, type => lanes.GetValueOrDefault(type));
    });

    public static WorkersView Of(ReadModel model, WorkersFilter filter) => Known.Of(model, filter);

    /// <param name="laneOf">The lane of a job type.</param>
    public static WorkersView From(ImmutableArray<WorkerView> workers, WorkersFilter filter, Func<string, string?> laneOf)
    {
        var others = workers.Where(view => Matches(view, filter, laneOf)).ToList();
        return new WorkersView(
            [.. others.Where(view => filter.Health.Length == 0 || HealthsOf(view.Worker).Contains(filter.Health))],
            others.Count,
            others.SelectMany(view => HealthsOf(view.Worker)).GroupBy(health => health).ToImmutableSortedDictionary(group => group.Key, group => group.Count()));
    }

    /// <summary>The counters of the overview count the same: a draining worker that is silent is in both lists.</summary>
    public static IEnumerable<string> HealthsOf(Worker worker)
    {
        if (worker.Admission == Admission.Denied)
        {
            yield return "denied";
        }

        if (WorkerLook.Waits(worker))
        {
            yield return "waiting";
        }

        if (worker.Conflict is not null)
        {
            yield return "conflict";
        }

        if (worker.Health == WorkerHealth.Disconnected)
        {
            yield return "disconnected";
            yield break;
        }

        if (worker.Health == WorkerHealth.Unhealthy)
        {
            yield return "unhealthy";
        }

        if (worker.Draining)
        {
            yield return "draining";
        }

        if (worker is { Health: WorkerHealth.Healthy, Draining: false })
        {
            yield return "healthy";
        }
    }

    /// <summary>Whatever its health.</summary>
    private static bool Matches(WorkerView view, WorkersFilter filter, Func<string, string?> laneOf)
    {
        var worker = view.Worker;
        return (filter.JobType.Length == 0 || worker.Capabilities.ContainsKey(filter.JobType))
            && (filter.Lane.Length == 0 || worker.Capabilities.Keys.Any(type => laneOf(type) == filter.Lane))
            && (filter.Version.Length == 0 || worker.WorkerVersion == filter.Version)
            && (filter.Label.Length == 0 || HasLabel(worker, filter.Label))
            && (filter.Text.Length == 0 || Says(view, filter.Text));
    }

    private static bool HasLabel(Worker worker, string label) => label.IndexOf(':') is > 0 and var colon
        ? worker.Labels.TryGetValue(label[..colon], out var value) && value == label[(colon + 1)..]
        : worker.Labels.ContainsKey(label);

    private static bool Says(WorkerView view, string text) =>
        Has(view.Worker.Id.Value, text) || Has(view.Session?.RemoteAddress ?? "", text) || Has(view.Worker.Address, text)
        || view.Worker.Capabilities.Keys.Any(type => Has(type, text)) || view.Worker.Labels.Any(label => Has($"{label.Key}:{label.Value}", text));

    private static bool Has(string whole, string part) => whole.Contains(part, StringComparison.OrdinalIgnoreCase);
}
