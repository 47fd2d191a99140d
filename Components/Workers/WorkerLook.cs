using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Workers;

/// <summary>A worker in words.</summary>
public static class WorkerLook
{
    public static (string Style, string Icon, string Text) Of(Worker worker) =>
        worker.Admission == Admission.Denied ? ("failed", "slash", "Denied")
        : Waits(worker) ? ("uneasy", "person", "Waits for approval")
        : worker.Conflict is not null ? ("failed", "workers", "Conflict")
        : worker.Health == WorkerHealth.Disconnected ? ("canceled", "plug", "Disconnected")
        : worker.Health == WorkerHealth.Unhealthy ? ("uneasy", "pulse", "Unhealthy")
        : worker.Draining ? ("uneasy", "drain", "Draining")
        : ("succeeded", "check", "Healthy");

    /// <summary>It dialled and was sent away, because nobody has said yet that it may come in.</summary>
    public static bool Waits(Worker worker) => worker is { Session: null, Admission: Admission.Unjudged } && worker.DisconnectReason.StartsWith("waits for approval", StringComparison.Ordinal);

    /// <summary>The two processes of one id, and how often they take it from each other.</summary>
    public static string Shared(WorkerView view, WorkerConflict conflict) =>
        $"{conflict.OlderAddress} and {conflict.NewerAddress}, {Words.Count(conflict.Replacements, "replacement")}{(view.Session?.Replacements.Length is > 0 and var lately ? $", {Words.Number(lately)} within a minute" : "")}";

    /// <summary>"D" detects, "E" executes, each with how many at once where it says so: "D1 E4".</summary>
    public static string Roles(Capability capability)
    {
        static string Role(bool can, string letter, int most) => can ? most > 0 ? $"{letter}{most}" : letter : "";
        return $"{Role(capability.CanDetect, "D", capability.MaxDetections)} {Role(capability.CanExecute, "E", capability.MaxExecutions)}".Trim();
    }

    public static string Explain(Capability capability) => (capability.CanDetect, capability.CanExecute) switch
    {
        (true, true) => $"detects {Slots(capability.MaxDetections)}, executes {Slots(capability.MaxExecutions)}",
        (true, false) => $"only detects {Slots(capability.MaxDetections)}",
        _ => $"only executes {Slots(capability.MaxExecutions)}",
    };

    /// <summary>Address, version, what it is written in and the bundle it came with, as far as it says so.</summary>
    public static string About(WorkerView view)
    {
        var worker = view.Worker;
        string Said(string key) => worker.Metadata.GetValueOrDefault(key, "");
        string[] parts =
        [
            view.Session?.RemoteAddress ?? worker.Address, worker.WorkerVersion.Length > 0 ? $"v{worker.WorkerVersion.TrimStart('v')}" : "", Said("language"), Said("bundle"),
        ];
        return Words.Visible(string.Join(" · ", parts.Where(part => part.Length > 0)));
    }

    /// <summary>What its jobs print comes here; workers of another make keep it to themselves.</summary>
    public static bool SendsOutput(WorkerView view) => view.Session is { } session
        ? session.Extensions.Contains("log")
        : view.Worker.Metadata.GetValueOrDefault("extensions", "").Split(',', StringSplitOptions.TrimEntries).Contains("log");

    /// <summary>How long what it holds will take, by what such jobs usually take; null when that is not known of each.</summary>
    public static TimeSpan? Left(WorkerView view, ReadModel model)
    {
        var longest = TimeSpan.Zero;
        foreach (var job in view.Running)
        {
            if (model.JobType(job.JobType)?.Numbers.Eta is not { } eta)
            {
                return null;
            }

            var left = eta - (model.At - job.Attempt!.SentAt);
            longest = left > longest ? left : longest;
        }

        return view.Running.IsEmpty ? null : longest;
    }

    /// <summary>Heartbeats that should have come since the last one.</summary>
    public static int Missed(WorkerView view, DateTimeOffset now) =>
        view is { Session.Heartbeat: { } beat, BeatEvery: { } every } && every > TimeSpan.Zero ? Math.Max(0, (int)((now - beat.At) / every) - 1) : 0;

    /// <summary>What its handlers say is wrong, while it is connected; empty: nothing.</summary>
    public static string Ailment(WorkerView view) => view.Session?.Heartbeat?.Metadata.GetValueOrDefault("health") is { } health && health != "ok" ? health : "";

    public static TimeSpan? Ping(WorkerView view)
    {
        var trips = view.Session?.RoundTrips ?? [];
        return trips.IsEmpty ? null : trips.Order().ElementAt((trips.Length - 1) / 2);
    }

    private static string Slots(int number) => number == 0 ? "" : $"{number} at once";
}
