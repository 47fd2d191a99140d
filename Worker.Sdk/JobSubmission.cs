using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>A job as it is asked for. What is not set is as the job type's configuration says.</summary>
/// <param name="JobType">One that some worker offers, or offered.</param>
public sealed record JobSubmission(string JobType)
{
    /// <summary>By the names of the type's form.</summary>
    public ValueSet Parameters { get; init; } = [];

    /// <summary>For people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The same key again is the job it made; at most 128 printable characters. Made up when there is none.</summary>
    public string IdempotencyKey { get; init; } = $"sdk-{new Random().NextInt64():x16}{new Random().NextInt64():x16}";

    /// <summary>0 to 100; higher first.</summary>
    public int? Priority { get; init; }

    /// <summary>For filters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What the worker's labels must be.</summary>
    public IReadOnlyDictionary<string, string> RequireLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Of one attempt; 1 s to 30 days.</summary>
    public TimeSpan? AttemptTimeout { get; init; }

    /// <summary>Further attempts after a failed one.</summary>
    public int? RetryLimit { get; init; }

    /// <summary>Not before it.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Not ended by then: failed, without another attempt.</summary>
    public DateTimeOffset? Deadline { get; init; }

    internal SubmitRequest ToWire()
    {
        var wire = new SubmitRequest { JobType = JobType, Summary = Summary, IdempotencyKey = IdempotencyKey, Labels = { ToMap(Labels) }, RequireLabels = { ToMap(RequireLabels) } };
        Parameters.CopyTo(wire.Parameters);
        if (Priority is { } priority)
        {
            wire.Priority = priority;
        }

        if (RetryLimit is { } retries)
        {
            wire.RetryLimit = retries;
        }

        wire.AttemptTimeout = AttemptTimeout is { } timeout ? Duration.FromTimeSpan(timeout) : null;
        wire.NotBefore = NotBefore is { } start ? Timestamp.FromDateTimeOffset(start) : null;
        wire.Deadline = Deadline is { } end ? Timestamp.FromDateTimeOffset(end) : null;
        return wire;
    }

    private static Dictionary<string, string> ToMap(IReadOnlyDictionary<string, string> pairs) => pairs.ToDictionary(StringComparer.Ordinal);
}

/// <summary>How a job ended.</summary>
public enum JobEnd
{
    /// <summary>Its work is done.</summary>
    Succeeded,

    /// <summary>It is not, and is not tried again.</summary>
    Failed,

    /// <summary>Somebody did not want it any more.</summary>
    Canceled,
}

/// <summary>A job that has ended.</summary>
/// <param name="JobId">Of the admin.</param>
/// <param name="End">How.</param>
/// <param name="Reason">Why, in a word of the protocol (<c>error</c>, <c>timeout</c>, <c>worker_lost</c>…); empty after a success.</param>
/// <param name="Text">What the handler said: the summary of a success, the reason of a failure.</param>
/// <param name="Outputs">Its result values.</param>
/// <param name="ExitCode">Of the program, where one ran.</param>
/// <param name="Attempts">How many it took.</param>
public sealed record FinishedJob(string JobId, JobEnd End, string Reason, string Text, ValueSet Outputs, int? ExitCode, int Attempts)
{
    /// <summary>Its work is done.</summary>
    public bool IsSuccess => End == JobEnd.Succeeded;

    internal static FinishedJob From(Job job)
    {
        var outputs = new ValueSet();
        foreach (var (name, value) in job.Result?.OutputValues ?? [])
        {
            outputs[name] = Value.From(value);
        }

        var end = job.State switch { JobState.Succeeded => JobEnd.Succeeded, JobState.Canceled => JobEnd.Canceled, _ => JobEnd.Failed };
        var text = end == JobEnd.Succeeded ? job.Result?.Summary ?? "" : job.ErrorMessage;
        return new FinishedJob(job.JobId, end, job.Reason, text, outputs, job.HasExitCode ? job.ExitCode : null, job.Attempt);
    }
}

/// <summary>Some of what a job wrote.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Stream">Of the two.</param>
/// <param name="Offset">Of the first byte, within the stream of the attempt.</param>
/// <param name="Bytes">As they were written.</param>
/// <param name="Missing">Bytes before these that the admin never got.</param>
public readonly record struct OutputPiece(int Attempt, OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes, long Missing);

/// <summary>The admin does not do what it was asked, and says why; asking again is of no use unless it says when.</summary>
public sealed class AdminRefusedException : Exception
{
    private AdminRefusedException(ErrorDetail detail, Exception inner)
        : base(detail.Message, inner)
    {
        Code = detail.Code;
        Fields = [.. detail.Fields.Select(field => (field.Field, field.Message))];
        RetryAfter = detail.RetryAfter?.ToTimeSpan();
        ExistingJobId = detail.ExistingJobId;
    }

    /// <summary>In a word, such as <c>invalid</c> or <c>not_found</c>.</summary>
    public string Code { get; }

    /// <summary>What is wrong with which parameter.</summary>
    public IReadOnlyList<(string Field, string Message)> Fields { get; }

    /// <summary>When asking again may help; null: not by itself.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The job that has the idempotency key; empty: none.</summary>
    public string ExistingJobId { get; }

    /// <summary>Null: the call failed in another way.</summary>
    internal static AdminRefusedException? Of(RpcException exception) =>
        exception.StatusCode != StatusCode.Unavailable && exception.Trailers.GetBytes("pluginadmin-error-bin") is { } bytes ? new AdminRefusedException(ErrorDetail.Parser.ParseFrom(bytes), exception) : null;
}
