using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// How much output of one attempt is kept. A type whose worker form has <c>max_output_mib</c> (1 to 1,024) says it itself and its worker
/// keeps to it; the admin's own cap lies a little above, so that it is only met by one that does not.
/// </summary>
public static class OutputLimit
{
    private const string Field = "max_output_mib";
    private const long Mib = 1024 * 1024;

    /// <summary>Room for what the worker says when it stops.</summary>
    private const long Slack = 64 * 1024;

    /// <summary>Bytes, both streams together.</summary>
    public static long Of(JobType? type)
    {
        var form = type?.Descriptor?.WorkerForm;
        if (form is null || !form.Fields.Any(field => field.Name == Field))
        {
            return JobLogStore.Cap;
        }

        return (type!.Config?.WorkerValues.Find(Field) ?? form.Defaults.Find(Field)) is ConfigValue.Int64 { Value: >= 1 and <= JobLogStore.MostCap / Mib } most
            ? (most.Value * Mib) + Slack
            : JobLogStore.Cap;
    }
}
