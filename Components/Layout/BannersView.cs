using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Workers;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Layout;

/// <summary>Something that concerns every page: what it is, since when, and the one thing to do.</summary>
/// <param name="Key">Its kind; those of one kind differ by <see cref="Subject"/>.</param>
public sealed record BannerLine(string Key, string Icon, string Title, string Text, bool IsBad = false)
{
    public string Subject { get; init; } = "";

    public DateTimeOffset? Since { get; init; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The text of its button; empty: none.</summary>
    public string Action { get; init; } = "";

    public string Link { get; init; } = "";
}

/// <summary>What stands above every page, the most severe first.</summary>
public static class BannersView
{
    /// <summary>Of one kind; more are told as a number.</summary>
    private const int Most = 3;

    /// <param name="exposure">A door that is open to other machines without encryption; empty: there is none.</param>
    /// <param name="started">When this process began.</param>
    public static ImmutableArray<BannerLine> From(ReadModel model, string exposure, DateTimeOffset started) =>
        [.. Store(model), .. Pause(model), .. Stopping(model), .. Conflicts(model), .. Cluster(model, started), .. Forms(model), .. Exposed(exposure, started)];

    private static IEnumerable<BannerLine> Store(ReadModel model)
    {
        if (!model.Store.Writable)
        {
            yield return new BannerLine("read-only", "lock", "Read-only:", $"the store takes no writes ({model.Store.Problem}). Free space or unlock the file; it goes on by itself.", true)
            {
                Since = model.Store.Since,
                Action = "What happened",
                Link = "activity?severity=bad",
            };
        }

        if (model.Host.LowDisk is { } disk)
        {
            yield return new BannerLine(
                "disk-low", "stack", "The disk is nearly full:", $"{Size(disk.FreeBytes)} of {Size(disk.TotalBytes)} are left for what is stored. Free space or keep less; without room nothing can be stored.", true)
            {
                Since = disk.Since,
                Action = "What is kept",
                Link = "settings#retention",
            };
        }
    }

    private static IEnumerable<BannerLine> Stopping(ReadModel model)
    {
        if (model.Host.StoppingSince is { } since)
        {
            yield return new BannerLine("stopping", "rotate", "The admin is shutting down or restarting.", "Workers finish what they have; this page goes on by itself when the admin is back.", true) { Since = since, Action = "What is at work", Link = JobQueries.To("state:active") };
        }
    }

    private static IEnumerable<BannerLine> Pause(ReadModel model)
    {
        if (model.Pause is not { } pause)
        {
            yield break;
        }

        var scope = pause.JobTypes.IsEmpty ? "" : $" for {Names(pause.JobTypes.Select(name => model.JobType(name)?.DisplayName ?? name))}";
        var reason = pause.Reason.Length > 0 ? $": {pause.Reason}" : "";
        var line = pause.HoldsEverything
            ? new BannerLine("maintenance", "pause", $"Maintenance{scope},", $"by {pause.By}{reason}. Nothing new starts; what is submitted waits, what runs goes on.")
            : new BannerLine("scheduler-paused", "pause", $"The scheduler is paused{scope}", $"by {pause.By}{reason}. What is asked for still runs.");
        yield return line with { Since = pause.At, Until = pause.Until, Action = "Settings", Link = "settings#scheduler" };
    }

    private static IEnumerable<BannerLine> Conflicts(ReadModel model)
    {
        var workers = model.Workers.Where(view => view.Worker.Conflict is not null).ToList();
        foreach (var view in workers.Take(Most))
        {
            var worker = view.Worker;
            var conflict = worker.Conflict!;
            yield return new BannerLine("conflict", "workers", $"Two processes use the worker id {worker.Id.Value}:", $"{WorkerLook.Shared(view, conflict)}. The newest wins; give each its own with --id.")
            {
                Subject = worker.Id.Value,
                Since = conflict.Since,
                Action = "Worker",
                Link = WorkerLinks.To(worker.Id),
            };
        }

        if (workers.Count > Most)
        {
            yield return new BannerLine("conflict", "workers", $"{workers.Count - Most} more worker ids are shared.", "") { Action = "Workers", Link = "workers?health=conflict" };
        }
    }

    private static IEnumerable<BannerLine> Cluster(ReadModel model, DateTimeOffset started)
    {
        if (model.Cluster.Missing is { } missing)
        {
            yield return new BannerLine("no-cluster", "plug", "The cluster is not reachable:", $"{missing}. Its job types wait; everything else goes on.", true) { Since = model.Cluster.ProblemSince ?? started, Action = "Settings", Link = "settings" };
        }
        else if (model.Cluster.OtherAdmin is { } other)
        {
            yield return new BannerLine("other-admin", "person", "Another admin schedules this cluster's work:", $"{other}. Locked lanes pause here and go on when it stops.") { Since = model.Cluster.HeldSince ?? started, Action = "Settings", Link = "settings" };
        }
    }

    /// <summary>Only what a person should decide; fields that came with a default of their own ask nothing.</summary>
    private static IEnumerable<BannerLine> Forms(ReadModel model)
    {
        var changed = model.JobTypes.Where(type => type.FormChanges.Any(change => change.Kind <= SchemaChangeKind.Removed)).ToList();
        if (changed.Count > 0)
        {
            yield return new BannerLine(
                "schema-changed", "rotate", $"A worker brought another form of {Names(changed.Select(type => type.DisplayName))}.", "Nothing of the saved config was dropped; look through what changed.")
            {
                Since = changed.Max(type => type.DescribedAt),
                Action = "Configuration",
                Link = JobTypeLinks.To("configuration", changed[0].Name),
            };
        }
    }

    private static IEnumerable<BannerLine> Exposed(string exposure, DateTimeOffset started)
    {
        if (exposure.Length > 0)
        {
            yield return new BannerLine("exposed", "shield", "The worker port is not encrypted:", $"{exposure}. Give it certificates: --worker-tls-ca, --worker-tls-cert, --worker-tls-key.") { Since = started, Action = "Settings", Link = "settings#about" };
        }
    }

    private static string Names(IEnumerable<string> names) => names.ToList() is { Count: > Most } many ? $"{string.Join(", ", many.Take(Most))} and {many.Count - Most} more" : string.Join(", ", names);

    private static string Size(long bytes) => Server.Core.Forms.ConfigValueText.Size(bytes);
}
