using System.Text.Json;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>The JSON object a process may leave at JOB_RESULT_FILE: its members join the outputs.</summary>
internal static class ResultFile
{
    private const int Limit = 256 * 1024;

    private static readonly HashSet<string> Reserved =
        ["exit_code", "stdout", "stderr", "stdout_truncated", "stderr_truncated", "duration_ms", "signal", "error_class", "http_status"];

    public static void Join(ValueSet outputs, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length is 0 or > Limit)
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var member in document.RootElement.EnumerateObject().Where(member => !Reserved.Contains(member.Name)))
            {
                outputs[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number when member.Value.TryGetInt64(out var number) => number,
                    JsonValueKind.Number => member.Value.GetDouble(),
                    JsonValueKind.String => member.Value.GetString()!,
                    _ => member.Value.GetRawText(),
                };
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            outputs["result_file_error"] = $"JOB_RESULT_FILE does not hold a JSON object: {exception.Message}";
        }
    }
}
