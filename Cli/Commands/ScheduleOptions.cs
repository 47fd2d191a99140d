using System.CommandLine;
using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;
using Option = System.CommandLine.Option;

namespace BlazorPluginAdmin.Cli.Commands;

/// <summary>When a schedule runs, and what becomes of a run that cannot.</summary>
internal sealed class ScheduleOptions
{
    private static readonly (string Word, ScheduleOverlap Policy)[] Overlaps = [("skip", ScheduleOverlap.Skip), ("queue", ScheduleOverlap.Queue), ("allow", ScheduleOverlap.Allow), ("cancel", ScheduleOverlap.Cancel)];
    private static readonly (string Word, ScheduleCatchUp Policy)[] CatchUps = [("once", ScheduleCatchUp.Once), ("none", ScheduleCatchUp.None), ("all", ScheduleCatchUp.All)];

    private readonly Option<string?> _cron = new("--cron") { Description = "Five fields: minute hour day month weekday", HelpName = "EXPRESSION" };
    private readonly Option<string?> _zone = new("--zone") { Description = "Whose clock --cron means; UTC when left out", HelpName = "ZONE" };
    private readonly Option<string?> _every = new("--every") { Description = "At this interval, the first time one interval from now", HelpName = "DURATION" };
    private readonly Option<string?> _at = new("--at") { Description = "Once, at this time or so long from now", HelpName = "TIME|DURATION" };
    private readonly Option<string?> _overlap = new("--overlap") { Description = "When the job before has not ended: skip (default), queue, allow, cancel", HelpName = "POLICY" };
    private readonly Option<string?> _catchUp = new("--catch-up") { Description = "Runs that were missed: once (default; one for all), none, all", HelpName = "POLICY" };
    private readonly Option<string?> _jitter = new("--jitter") { Description = "Starts up to so much later, at most 1h", HelpName = "DURATION" };

    public ScheduleOptions()
    {
        _zone.CompletionSources.Add(_ => TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id));
        _overlap.CompletionSources.Add([.. Overlaps.Select(pair => pair.Word)]);
        _catchUp.CompletionSources.Add([.. CatchUps.Select(pair => pair.Word)]);
    }

    public IEnumerable<Option> OfRule => [_cron, _zone, _every, _at];

    public IEnumerable<Option> All => [.. OfRule, _overlap, _catchUp, _jitter];

    /// <exception cref="ToolException">None or several of the rules were given, or one is malformed.</exception>
    public ScheduleRule? Rule(Invocation call)
    {
        var (cron, every, at) = (call.Value(_cron), call.Duration(_every), call.Value(_at));
        if ((cron is null ? 0 : 1) + (every is null ? 0 : 1) + (at is null ? 0 : 1) > 1)
            throw ToolException.Usage("--cron, --every and --at exclude each other");
        if (cron is null && call.Value(_zone) is not null)
            throw ToolException.Usage("--zone belongs to --cron");
        return cron is not null ? new ScheduleRule { Cron = new CronRule { Expression = cron, Zone = call.Value(_zone) ?? "" } }
            : every is { } interval ? new ScheduleRule { Every = new EveryRule { Interval = interval.ToDuration() } }
            : at is null ? null
            : InstantText.TryReadAhead(at, call.Now, out var instant) ? new ScheduleRule { Once = Timestamp.FromDateTimeOffset(instant) }
            : throw ToolException.Usage($"--at {at}: a time like 2030-01-31T06:00Z or a duration like 10m is wanted");
    }

    /// <summary>Policies and jitter that were given.</summary>
    public void Fill(Invocation call, ScheduleSpec spec)
    {
        if (call.Value(_overlap) is { } overlap)
            spec.Overlap = Find(Overlaps, overlap, "--overlap");
        if (call.Value(_catchUp) is { } catchUp)
            spec.CatchUp = Find(CatchUps, catchUp, "--catch-up");
        if (call.Duration(_jitter) is { } jitter)
            spec.Jitter = jitter.ToDuration();
    }

    public static string Text(ScheduleOverlap overlap) => Overlaps.FirstOrDefault(pair => pair.Policy == overlap).Word ?? "";

    public static string Text(ScheduleCatchUp catchUp) => CatchUps.FirstOrDefault(pair => pair.Policy == catchUp).Word ?? "";

    private static T Find<T>((string Word, T Policy)[] policies, string text, string option)
    {
        foreach (var (word, policy) in policies)
        {
            if (word == text)
                return policy;
        }

        throw ToolException.Usage($"{option} {text}: one of {string.Join(", ", policies.Select(pair => pair.Word))}");
    }
}
