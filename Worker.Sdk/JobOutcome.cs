namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>How an attempt ended.</summary>
public sealed record JobOutcome
{
    /// <summary>Admins tell a stopped attempt from a failed one by these words.</summary>
    internal const string CanceledText = "context canceled";

    private JobOutcome(bool success, string? text, ValueSet outputs)
    {
        Success = success;
        Text = text ?? "";
        Outputs = outputs;
    }

    /// <summary>The work is done.</summary>
    public bool Success { get; }

    /// <summary>Summary of a success, reason of a failure.</summary>
    public string Text { get; }

    /// <summary>Result values; at most 1 MiB together.</summary>
    public ValueSet Outputs { get; }

    /// <summary>Done.</summary>
    public static JobOutcome Succeeded(string summary, ValueSet? outputs = null) => new(true, summary, outputs ?? []);

    /// <summary>Not done. A permanent failure is not tried again.</summary>
    public static JobOutcome Failed(string reason, bool permanent = false, ValueSet? outputs = null)
    {
        var values = outputs ?? [];
        values["error_class"] = permanent ? "permanent" : "transient";
        return new(false, reason, values);
    }

    /// <summary>Stopped because it was to stop.</summary>
    public static JobOutcome Canceled(string reason = "", ValueSet? outputs = null) => Failed(AsCanceled(reason), outputs: outputs);

    internal static string AsCanceled(string? text) =>
        string.IsNullOrEmpty(text) ? CanceledText : text.StartsWith(CanceledText, StringComparison.OrdinalIgnoreCase) ? text : $"{CanceledText}: {text}";
}
