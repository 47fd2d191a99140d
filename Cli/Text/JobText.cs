using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Jobs in the words people use for them.</summary>
internal static class JobText
{
    public static string State(JobState state) => state == JobState.Unspecified ? "" : state.ToString().ToLowerInvariant();

    /// <summary>The state, with what it means just now or why it ended so.</summary>
    public static string Standing(Job job) =>
        job.Reason.Length > 0 ? $"{State(job.State)} ({job.Reason})" : job.Phase.Length > 0 ? $"{State(job.State)} ({job.Phase})" : State(job.State);

    /// <summary>How far it is, as far as its worker says.</summary>
    public static string Progress(Job job) => $"{(job.ProgressPercent > 0 ? $"{Percent(job.ProgressPercent)} " : "")}{(job.Stage is "" or "assigned" ? State(job.State) : job.Stage)}";

    /// <summary>Never rounded up: 100 % is all of it.</summary>
    public static string Percent(double percent) => percent is > 0 and < 1 ? "< 1 %" : $"{Math.Floor(percent):0} %";

    public static string Progress(Group group) =>
        $"{group.Completions + group.Failed + group.Canceled} of {group.Total} ended, {group.Running} running{(group.Failed > 0 ? $", {group.Failed} failed" : "")}";

    public static bool TryReadState(string text, out JobState state)
    {
        var word = text.StartsWith("JOB_STATE_", StringComparison.OrdinalIgnoreCase) ? text["JOB_STATE_".Length..] : text;
        state = System.Enum.GetValues<JobState>().FirstOrDefault(known => known != JobState.Unspecified && word.Equals(known.ToString(), StringComparison.OrdinalIgnoreCase));
        return state != JobState.Unspecified;
    }

    public static string Age(Timestamp? since, DateTimeOffset now) => since is null ? "" : DurationText.Write(Positive(now - since.ToDateTimeOffset()));

    public static string Instant(Timestamp? at) => at is null ? "" : $"{at.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z";

    /// <summary>How long it runs or ran; empty before it began.</summary>
    public static string Runtime(Job job, DateTimeOffset now) =>
        job.StartedAt is null ? "" : DurationText.Write(Positive((job.CompletedAt?.ToDateTimeOffset() ?? now) - job.StartedAt.ToDateTimeOffset()));

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}
