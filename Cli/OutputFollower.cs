using BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.Cli;

/// <summary>What a job prints: in order, each byte once, also when the connection breaks or the admin is started again meanwhile.</summary>
/// <param name="invocation">Whom to ask.</param>
/// <param name="request">The job, and which part of its output.</param>
/// <param name="sink">Takes what is new of a chunk.</param>
internal sealed class OutputFollower(Invocation invocation, WatchLogsRequest request, Func<LogChunk, ReadOnlyMemory<byte>, ValueTask> sink)
{
    /// <summary>How long an admin may be gone before the tool gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    private readonly Dictionary<LogStream, long> _known = [];
    private bool _isConnected;
    private int _attempt;

    /// <summary>Until the job has ended where the request follows; otherwise until what there is was read.</summary>
    /// <exception cref="ToolException">Refused, or the admin is gone for longer than a restart takes.</exception>
    public async Task RunAsync(bool wasReachable, CancellationToken cancellationToken)
    {
        _isConnected = wasReachable;
        DateTimeOffset? lost = null;
        while (true)
        {
            var began = invocation.Now;
            try
            {
                await (lost is null || _attempt == 0 ? ReadAsync(request, cancellationToken) : ResumeAsync(cancellationToken));
                return;
            }
            catch (ToolException refused) when (refused.IsLostConnection && _isConnected && request.Follow)
            {
                lost = lost is null || invocation.Now - began > Steady ? invocation.Now : lost;
                if (invocation.Now - lost > Patience)
                    throw;
            }

            await Task.Delay(Pause, invocation.Terminal.Time, cancellationToken);
        }
    }

    /// <summary>The rest of the attempt that was being read, attempts that came and went meanwhile, then those to come.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var rest = request.Clone();
        (rest.Attempt, rest.TailLines, rest.FromOffset) = (_attempt, 0, Known());
        await ReadAsync(rest, cancellationToken);
        if (request.Attempt != 0)
            return;
        var job = (await invocation.Admin.AskAsync(Calls.Get, new GetRequest { JobId = request.JobId }, cancellationToken)).Job;
        for (var missed = _attempt + 1; missed < job.Attempt; missed++)
        {
            (rest.Attempt, rest.FromOffset, rest.Follow) = (missed, 0, false);
            await ReadAsync(rest, cancellationToken);
        }

        if (JobEnding.IsEnd(job.State) && job.Attempt <= _attempt)
            return;
        (rest.Attempt, rest.FromOffset, rest.Follow) = (0, 0, true);
        await ReadAsync(rest, cancellationToken);
    }

    private async Task ReadAsync(WatchLogsRequest part, CancellationToken cancellationToken)
    {
        await foreach (var chunk in invocation.Admin.FollowAsync(Calls.WatchLogs, part, cancellationToken))
        {
            _isConnected = true;
            if (chunk.Attempt > _attempt)
            {
                _attempt = chunk.Attempt;
                _known.Clear();
            }

            if (chunk.Attempt == _attempt && New(chunk) is { } data)
                await sink(chunk, data);
        }
    }

    /// <summary>Null when all of it was there before.</summary>
    private ReadOnlyMemory<byte>? New(LogChunk chunk)
    {
        if (chunk.Data.IsEmpty && chunk.GapBytes == 0 && !chunk.EndOfAttempt)
            return null;
        var known = _known.GetValueOrDefault(chunk.Stream, chunk.Offset);
        var skipped = (int)Math.Clamp(known - chunk.Offset, 0, chunk.Data.Length);
        if (skipped > 0 && skipped == chunk.Data.Length && !chunk.EndOfAttempt)
            return null;
        _known[chunk.Stream] = Math.Max(known, chunk.Offset + chunk.Data.Length);
        return chunk.Data.Memory[skipped..];
    }

    /// <summary>One place counts for both streams: the earlier one.</summary>
    private long Known() => (request.Streams.Count > 0 ? request.Streams : [LogStream.Stdout, LogStream.Stderr]).Min(stream => _known.GetValueOrDefault(stream));
}
