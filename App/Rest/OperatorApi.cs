using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>What monitoring asks: alive, ready, numbers.</summary>
public static class OperatorApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health", () => Results.Json(new { health = "ok" }));
        app.MapGet("/ready", (IAdmin admin) => admin.States.Current.Value.Store is { Writable: false } store
            ? Results.Json(new { ready = false, reason = store.Problem, since = store.Since }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { ready = true }));
        app.MapGet("/metrics", (IAdmin admin) => Results.Text(Metrics(admin.Views.Current.Value), "text/plain; version=0.0.4; charset=utf-8"));
    }

    private static string Metrics(ReadModel model)
    {
        var text = new StringBuilder();
        Gauge(text, "pluginadmin_workers", "Workers by health.",
        [
            ("health=\"healthy\"", model.Totals.WorkersHealthy),
            ("health=\"unhealthy\"", model.Totals.WorkersUnhealthy),
            ("health=\"draining\"", model.Totals.WorkersDraining),
            ("health=\"disconnected\"", model.Totals.WorkersDisconnected),
        ]);
        Gauge(text, "pluginadmin_jobs", "Open jobs by type and state.", model.JobTypes.SelectMany(type => new (string, double)[]
        {
            (Labels(type, "queued"), type.Counts.Queued),
            (Labels(type, "scheduled"), type.Counts.Scheduled),
            (Labels(type, "backoff"), type.Counts.Backoff),
            (Labels(type, "assigned"), type.Counts.Assigned),
            (Labels(type, "running"), type.Counts.Running),
        }));
        Family(text, "pluginadmin_jobs_ended_total", "Jobs that ended since the process started.", "counter", model.JobTypes.SelectMany(type => new (string, double)[]
        {
            (Labels(type, "succeeded"), type.Counts.Succeeded),
            (Labels(type, "failed"), type.Counts.Failed),
            (Labels(type, "canceled"), type.Counts.Canceled),
        }));
        Gauge(text, "pluginadmin_job_types_held", "Job types whose scheduled work is held back, by reason.", model.JobTypes.Where(type => type.Hold is not null)
            .GroupBy(type => type.Hold!.Code).Select(group => ($"reason=\"{group.Key}\"", (double)group.Count())));
        if (model.Cluster.IsWatched)
        {
            Gauge(text, "pluginadmin_cluster_reachable", "1 while the cluster can be looked up.", [("", model.Cluster.Report is { Problem.Length: 0 } ? 1 : 0)]);
            Gauge(text, "pluginadmin_cluster_lock", "The cluster lock, 1 for the phase it is in.", System.Enum.GetValues<LockPhase>()
                .Select(phase => ($"phase=\"{ApiObjects.Snake(phase.ToString())}\"", model.Cluster.Lock.Phase == phase ? 1.0 : 0.0)));
        }

        Gauge(text, "pluginadmin_store_writable", "1 while the store takes writes.", [("", model.Store.Writable ? 1 : 0)]);
        Gauge(text, "process_resident_memory_bytes", "Resident memory.", [("", Environment.WorkingSet)]);
        Gauge(text, "dotnet_gc_heap_bytes", "Managed heap.", [("", GC.GetTotalMemory(forceFullCollection: false))]);
        return text.ToString();
    }

    private static string Labels(JobTypeView type, string state) =>
        $"job_type=\"{type.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\",state=\"{state}\"";

    private static void Gauge(StringBuilder text, string name, string help, IEnumerable<(string Labels, double Value)> samples) => Family(text, name, help, "gauge", samples);

    private static void Family(StringBuilder text, string name, string help, string type, IEnumerable<(string Labels, double Value)> samples)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
        }
    }
}
