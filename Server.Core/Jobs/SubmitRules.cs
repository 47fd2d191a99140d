using System.Collections.Immutable;
using System.Text;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;
using BlazorPluginAdmin.Server.Core.Queries;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>What becomes of a submission: refused, the job of the same key, or a new one with these parameters.</summary>
/// <param name="Pace">As it is afterwards, whatever the verdict.</param>
public sealed record SubmitVerdict(SubmitPace Pace)
{
    public Refusal? Refusal { get; init; }

    public Job? Existing { get; init; }

    public ConfigValues Parameters { get; init; } = ConfigValues.Empty;

    public ImmutableArray<string> Warnings { get; init; } = [];
}

/// <summary>
/// May this be submitted? One rule after the other; the first that refuses answers, with everything that is wrong by it. Pure.
/// </summary>
public static class SubmitRules
{
    public const int MostParameters = 512;
    public const int LongestKey = 128;
    public const int LongestSummary = 4_000;

    /// <summary>Bytes of UTF-8.</summary>
    public const int LongestDedupeKey = 512;

    /// <summary>Of a cancel, an expiry, a bulk action.</summary>
    public const int LongestReason = 4_000;

    /// <summary>Characters of detail and parameters.</summary>
    public const int LargestPayload = 4 * 1024 * 1024;

    private const int LongestTypeShown = 128;

    private static readonly TimeSpan FarthestStart = TimeSpan.FromDays(366);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);
    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(5);

    /// <summary>Last parts of addresses that stand where the id of a job would.</summary>
    private static readonly string[] Reserved = ["new", "events", "execute", "bulk", "count", "export"];

    /// <param name="jobs">How many are made of it, all or none.</param>
    public static SubmitVerdict Check(AdminState state, SubmitJob command, AdminOptions options, Now now, int jobs = 1)
    {
        var verdict = new SubmitVerdict(state.SubmitPace);
        if (Shape(command) is { } misshapen)
        {
            return verdict with { Refusal = misshapen };
        }

        if (command.IdempotencyKey.Length > 0)
        {
            var (existing, refusal) = SameKey(state, command);
            if (existing is not null || refusal is not null)
            {
                return verdict with { Existing = existing, Refusal = refusal };
            }
        }

        var type = state.JobTypes.GetValueOrDefault(command.JobType);
        if (command.RetryOf is null)
        {
            // A name that nobody knows has no pace of its own: it may be anything, of any length, and would be kept.
            verdict = verdict with { Pace = verdict.Pace.Take(command.By.Name, options.CallerPace, type?.Name ?? "", type?.Dispatch.PaceOf(options) ?? options.CallerPace, command.DryRun ? 1 : jobs, now, out var wait) };
            if (wait > TimeSpan.Zero)
            {
                return verdict with { Refusal = new Refusal(RefusalCode.Exhausted, $"{command.By.Name} submits faster than allowed; go on in {Text(wait)}") { RetryAfter = wait } };
            }
        }

        if (type is null)
        {
            return verdict with { Refusal = UnknownType(state, command.JobType) };
        }

        if (Id(state, command) is { } taken)
        {
            return verdict with { Refusal = taken };
        }

        var form = Parameters(type, command);
        if (form.Errors.Length > 0)
        {
            return verdict with { Refusal = Invalid(form.Errors, "parameter") };
        }

        // Also of a retry: it is a new job, and what was allowed once may not be any more.
        var refused = Policy(type, form.Parameters) ?? Times(command, options, now) ?? Room(state, type, jobs, options) ?? Key(type, command) ?? Workers(state, type, command);
        return verdict with { Refusal = refused, Parameters = form.Parameters, Warnings = form.Warnings };
    }

    /// <summary>May this be submitted some day? All that does not depend on the moment: its shape, its type, its form, what its type forbids, its times.</summary>
    public static SubmitVerdict CheckTemplate(AdminState state, SubmitJob command, AdminOptions options, Now now)
    {
        var verdict = new SubmitVerdict(state.SubmitPace);
        if (Shape(command) is { } misshapen)
        {
            return verdict with { Refusal = misshapen };
        }

        if (state.JobTypes.GetValueOrDefault(command.JobType) is not { } type)
        {
            return verdict with { Refusal = UnknownType(state, command.JobType) };
        }

        var form = Parameters(type, command);
        return verdict with
        {
            Refusal = form.Errors.Length > 0 ? Invalid(form.Errors, "parameter") : Policy(type, form.Parameters) ?? Times(command, options, now),
            Parameters = form.Parameters,
            Warnings = form.Warnings,
        };
    }

    private static Refusal? Shape(SubmitJob command)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        if (command.Payload.Parameters.Count > MostParameters || command.Payload.Detail.Length + ConfigValueSize.Of(command.Payload.Parameters) > LargestPayload)
        {
            errors.Add(Error("parameters", FieldErrorCodes.MaxItems, $"a job may have {MostParameters} parameters and 4 MiB of them"));
        }

        if (command.IdempotencyKey.Length > LongestKey || command.IdempotencyKey.Any(char.IsControl))
        {
            errors.Add(Error("idempotency_key", FieldErrorCodes.MaxLength, $"an idempotency key has at most {LongestKey} printable characters"));
        }

        if (command.RetryOf is null)
        {
            errors.AddRange(LabelRules.Check(command.Labels));
            (string Field, string Text)[] texts = [("summary", command.Summary), ("detail", command.Payload.Detail), ("dedupe_key", command.DedupeKey)];
            errors.AddRange(texts.Where(pair => pair.Text.Contains('\0', StringComparison.Ordinal)).Select(pair => Error(pair.Field, FieldErrorCodes.Regex, "NUL is no character of a text")));
            if (command.Summary.Length > LongestSummary)
            {
                errors.Add(Error("summary", FieldErrorCodes.MaxLength, $"a summary has at most {LongestSummary} characters; more belongs into detail"));
            }

            if (Encoding.UTF8.GetByteCount(command.DedupeKey) > LongestDedupeKey)
            {
                errors.Add(Error("dedupe_key", FieldErrorCodes.MaxLength, $"a dedupe key has at most {LongestDedupeKey} bytes"));
            }
        }

        if (command.Priority is < 0 or > 100)
        {
            errors.Add(Priority());
        }

        if (command.RetryLimit is < 0 or > 100)
        {
            errors.Add(Error("retry_limit", FieldErrorCodes.Max, "a job may be tried again 0 to 100 times"));
        }

        return errors.Count == 0 ? null : Invalid(errors.ToImmutable(), "value");
    }

    /// <summary>Why somebody acts on jobs; null: it may stand.</summary>
    internal static Refusal? Reason(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? Invalid([Error("reason", FieldErrorCodes.Regex, "NUL is no character of a text")], "value")
        : text.Length > LongestReason ? Invalid([Error("reason", FieldErrorCodes.MaxLength, $"a reason has at most {LongestReason} characters")], "value")
        : null;

    /// <summary>Neither: the key is new.</summary>
    private static (Job? Existing, Refusal? Refusal) SameKey(AdminState state, SubmitJob command)
    {
        var key = new SubmitKey(command.By.Name, command.IdempotencyKey);
        var lookup = command.Lookup ?? throw new InvalidOperationException("the key was not looked up");
        var holder = state.SubmitKeys.Open.TryGetValue(key, out var open) ? state.Jobs[open] : state.SubmitKeys.Finished.GetValueOrDefault(key) ?? lookup.Found;
        if (holder is null)
        {
            return state.SubmitKeys.KnowsAllSince(lookup.LastEnded)
                ? (null, null)
                : (null, new Refusal(RefusalCode.Unavailable, "too much ended since the key was looked up; nothing was submitted, send it again") { RetryAfter = ShortestTimeout });
        }

        return lookup.IsOf(holder)
            ? (holder, null)
            : (null, new Refusal(RefusalCode.AlreadyExists, $"the idempotency key {command.IdempotencyKey} was used for job {holder.Id}, of another type or with other parameters; use a key of its own for each job") { ExistingJob = holder.Id });
    }

    private static Refusal UnknownType(AdminState state, string jobType)
    {
        var meant = NearestWord.To(jobType, state.JobTypes.Keys);
        var known = string.Join(", ", state.JobTypes.Keys.Take(10)) is { Length: > 0 } names ? names : "none yet";
        var shown = string.Concat(ConfigValueText.Short(new ConfigValue.Text(jobType), LongestTypeShown).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
        var text = $"job type {shown} is not known; " + (meant is null ? $"known are: {known}" : $"did you mean {meant}?");
        return new Refusal(RefusalCode.Invalid, text, [Error("job_type", FieldErrorCodes.Unknown, text)]);
    }

    private static Refusal? Id(AdminState state, SubmitJob command) =>
        command.Id is not { } id ? null
        : Reserved.Contains(id.Value) ? new Refusal(RefusalCode.Invalid, $"{id} is no id for a job: /jobs/{id} is an address of something else")
        : state.Jobs.ContainsKey(id) ? new Refusal(RefusalCode.AlreadyExists, $"job {id} exists already") { ExistingJob = id }
        : null;

    /// <summary>
    /// Parameters as the type's own form for jobs wants them: with its defaults, without what is hidden. A retry repeats what was
    /// accepted once, also when the form has changed since.
    /// </summary>
    private static SubmissionVerdict Parameters(JobType type, SubmitJob command)
    {
        if (command is { RetryOf: not null, HasNewParameters: false })
        {
            return new SubmissionVerdict(command.Payload.Parameters, [], []);
        }

        var form = FormChecks.Submission(type.Descriptor, type.Config?.WorkerValues ?? ConfigValues.Empty, command.Payload.Parameters);

        // What could not be read is not missing.
        return command.Unread.IsEmpty ? form : form with { Errors = [.. command.Unread, .. form.Errors.Where(error => command.Unread.All(unread => unread.Field != error.Field))] };
    }

    private static Refusal? Policy(JobType type, ConfigValues parameters) => CommandPolicy.Of(type)?.Check(parameters) is { } forbidden ? Invalid([forbidden], "parameter") : null;

    private static Refusal? Times(SubmitJob command, AdminOptions options, Now now)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        if (command.NotBefore > now.Wall + FarthestStart)
        {
            errors.Add(Error("not_before", FieldErrorCodes.Max, "not_before may be a year ahead at most"));
        }

        Later("expires_at", command.ExpiresAt);
        Later("deadline", command.Deadline);
        if (command.RetryOf is null && (command.AttemptTimeout < ShortestTimeout || command.AttemptTimeout > LongestTimeout))
        {
            errors.Add(Error("attempt_timeout", FieldErrorCodes.Max, "an attempt may take 1 s to 30 days"));
        }

        if (command.RetryBackoff < TimeSpan.Zero || command.RetryBackoff > options.BackoffCap)
        {
            errors.Add(Error("retry_backoff", FieldErrorCodes.Max, $"the pause before the second attempt may be {Text(options.BackoffCap)} at most"));
        }

        return errors.Count == 0 ? null : Invalid(errors.ToImmutable(), "time");

        void Later(string field, DateTimeOffset? at)
        {
            if (at <= now.Wall)
            {
                errors.Add(Error(field, FieldErrorCodes.Min, $"{field} is in the past"));
            }
            else if (at <= command.NotBefore)
            {
                errors.Add(Error(field, FieldErrorCodes.Min, $"{field} is before not_before; the job could never start"));
            }
        }
    }

    /// <summary>Null: so many more may wait.</summary>
    internal static Refusal? Room(AdminState state, JobType type, int jobs, AdminOptions options) =>
        type.Counts.Pending + jobs > type.Dispatch.QueueLimitOf(options) ? Full($"the queue of {type.Name} is full ({type.Dispatch.QueueLimitOf(options)} jobs wait); try again later")
        : state.JobTypes.Values.Sum(each => (long)each.Counts.Pending) + jobs > options.PendingLimit ? Full($"the admin is full ({options.PendingLimit} jobs wait); try again later")
        : null;

    /// <summary>Open jobs with one key are the same work, which is never under way twice; a retry is no exception, and waits for nobody.</summary>
    private static Refusal? Key(JobType type, SubmitJob command)
    {
        if (command.DedupeKey.Length == 0 || !type.Keys.TryGetValue(command.DedupeKey, out var holder))
        {
            return null;
        }

        var next = command.RetryOf is { } old
            ? $"it does the same work as {old} already. Follow that job, or cancel it and retry {old} then; if it waits for its next attempt, retry {holder} with now"
            : "follow that job, or submit again once it has ended";
        return new Refusal(RefusalCode.AlreadyExists, $"job {holder} has the dedupe key {command.DedupeKey} and has not ended: {next}") { ExistingJob = holder };
    }

    private static Refusal? Workers(AdminState state, JobType type, SubmitJob command)
    {
        if (!command.RequireWorker || type.Executors.Select(session => state.Workers[state.Sessions[session].Worker]).Any(worker => DispatchPlanner.MatchesType(type, worker) && DispatchPlanner.Matches(command.Labels, worker)))
        {
            return null;
        }

        return new Refusal(RefusalCode.Unavailable, type.Executors.IsEmpty
            ? $"no connected worker runs {type.Name}; start one, or submit without require_worker and the job waits"
            : $"no connected worker that runs {type.Name} has the labels it asks for");
    }

    private static Refusal Full(string text) => new(RefusalCode.Exhausted, text) { RetryAfter = FullPause };

    internal static FieldError Priority() => Error("priority", FieldErrorCodes.Max, "a priority is a number from 0 to 100");

    internal static FieldError Error(string field, string code, string message) => new("", field, code, message);

    internal static Refusal Invalid(ImmutableArray<FieldError> errors, string what) => errors switch
    {
        [var error] => new Refusal(RefusalCode.Invalid, $"one {what} is not valid: {error.Message}", errors),
        _ when errors.All(error => error.Form.Length == 0) => new Refusal(RefusalCode.Invalid, string.Join("; ", errors.Select(error => error.Message)), errors),
        _ => new Refusal(RefusalCode.Invalid, $"{errors.Length} {what}s are not valid", errors),
    };

    private static string Text(TimeSpan span) => DurationText.Format(ConfigValue.Duration.From(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds))));
}
