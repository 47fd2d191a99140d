using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Security;

/// <summary>A secret of a config in force that lies sealed in the store and does not open.</summary>
public sealed record LostSecret(string JobType, FormKind Form, string Field);

/// <summary>A job went to its worker without these parameters, because they do not open any more.</summary>
public sealed record SecretsLost(JobId Job, ImmutableArray<string> Fields) : Input;

/// <summary>Lost keys lose secrets and nothing else: what does not open is missing, and the timeline says which fields that are.</summary>
public static class LostSecrets
{
    private const string Why = "the keys that sealed it are not in the key folder";

    /// <summary>Said at each start, until the fields are set again or the keys are back.</summary>
    public static void Note(Turn turn, LostSecret lost) => turn.Log(Line(
        $"the secret {lost.Field} of the {FieldError.NameOf(lost.Form)} form of {lost.JobType} counts as not set: {Why}; set it again, or put the keys back and restart", lost.JobType, null));

    public static void Note(Turn turn, SecretsLost lost) => turn.Log(Line(
        $"{lost.Job} runs without its {string.Join(", ", lost.Fields)}: {Why}; submit it again with {(lost.Fields.Length == 1 ? "the value" : "the values")}", turn.State.Jobs.GetValueOrDefault(lost.Job)?.JobType ?? "", lost.Job));

    /// <summary>A job cannot be repeated as it was when some of it cannot be read.</summary>
    public static Refusal? Repeat(JobId job, JobPayload payload, ConfigValues? given) =>
        payload.LostSecrets.RemoveAll(name => given?.ContainsKey(name) == true) is { IsEmpty: false } lost
            ? new Refusal(
                RefusalCode.WrongState,
                $"job {job} cannot be repeated as it was: its {string.Join(", ", lost)} cannot be read, {Why}; retry it with {(lost.Length == 1 ? "that parameter" : "those parameters")} given anew",
                [.. lost.Select(name => new FieldError(FieldError.NameOf(FormKind.Submission), name, FieldErrorCodes.Required, $"{name} cannot be read any more; give it anew"))])
            : null;

    /// <summary>A schedule makes no job that would have to do without a secret it was saved with.</summary>
    public static Refusal? Run(JobPayload payload) => payload.LostSecrets.IsEmpty
        ? null
        : new Refusal(RefusalCode.WrongState, $"its {string.Join(", ", payload.LostSecrets)} cannot be read, {Why}; save the schedule with {(payload.LostSecrets.Length == 1 ? "the value" : "the values")} given anew, or put the keys back and restart");

    private static Activity Line(string message, string jobType, JobId? job) => new()
    {
        Sequence = 0,
        At = default,
        Source = "admin",
        Stage = "secrets",
        Message = message,
        Severity = ActivitySeverity.Bad,
        JobType = jobType,
        Job = job,
    };
}
