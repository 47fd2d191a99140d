using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Takes failures of one kind out of sight, or brings them back.</summary>
/// <param name="Fingerprint">Of the failures; see <c>Fingerprint</c>.</param>
/// <param name="For">Up to 30 days; zero: shown again.</param>
public sealed record MuteFailure(Actor By, string Fingerprint, TimeSpan For) : Command<string>(By, Permission.JobsControl);

/// <summary>Which failures people have seen enough of. They are still counted and listed, only not pushed to the front.</summary>
public static class Mutes
{
    private const int Most = 1000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static Reply<string> Set(Turn turn, MuteFailure command)
    {
        if (command.Fingerprint.Length is 0 or > 64 || command.For < TimeSpan.Zero || command.For > Longest)
        {
            return new Refusal(RefusalCode.Invalid, "a failure is muted by its fingerprint, for at most 30 days");
        }

        var now = turn.Now.Wall;
        foreach (var over in turn.State.Muted.Where(muted => muted.Value <= now).Select(muted => muted.Key).ToList())
        {
            turn.Mute(over, null);
        }

        if (command.For > TimeSpan.Zero && turn.State.Muted.Count >= Most)
        {
            return new Refusal(RefusalCode.Exhausted, $"{Most} kinds of failure are muted already");
        }

        turn.Mute(command.Fingerprint, command.For > TimeSpan.Zero ? now + command.For : null);
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Actor = command.By.Name,
            Stage = command.For > TimeSpan.Zero ? "muted" : "unmuted",
            Message = command.For > TimeSpan.Zero ? $"failures of kind {command.Fingerprint} are muted for {command.For.TotalHours:0} h" : $"failures of kind {command.Fingerprint} are shown again",
            Severity = ActivitySeverity.Normal,
        });
        return command.Fingerprint;
    }
}
