using BlazorPluginAdmin.Server.Core.Forms;
using Microsoft.Data.Sqlite;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>
/// Seals what saved configs hold in the clear: versions from before the admin sealed anything, or from before a worker said which of
/// the values are secrets. They are few and kept for long, unlike jobs, which go with the retention.
/// </summary>
internal sealed class ConfigSealing(SqliteConnection connection, SealedValues secrets)
{
    /// <summary>All versions of one type, in whatever transaction is open.</summary>
    public void Run(string jobType)
    {
        if (!secrets.Seals)
        {
            return;
        }

        foreach (var row in HistoryQueries.All(connection, "SELECT version, admin_values, worker_values, admin_sealed, worker_sealed FROM configs WHERE type = $1", Row.Of, jobType))
        {
            var (admin, adminSealed) = secrets.Close(jobType, FormKind.Admin, Rows.Values(row.Admin), row.AdminSealed);
            var (worker, workerSealed) = secrets.Close(jobType, FormKind.Worker, Rows.Values(row.Worker), row.WorkerSealed);
            if (adminSealed != row.AdminSealed || workerSealed != row.WorkerSealed)
            {
                using var update = new Statement(connection, "UPDATE configs SET admin_values = $1, worker_values = $2, admin_sealed = $3, worker_sealed = $4 WHERE type = $5 AND version = $6");
                update.Run(Rows.Json(admin), Rows.Json(worker), adminSealed, workerSealed, jobType, row.Version);
            }
        }
    }

    private sealed record Row(long Version, string Admin, string Worker, string? AdminSealed, string? WorkerSealed)
    {
        public static Row Of(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2), Rows.MaybeText(row, 3), Rows.MaybeText(row, 4));
    }
}
