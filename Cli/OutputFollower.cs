using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire.V1;
using Google.Protobuf;

namespace BlazorPluginAdmin.Cli;

/// <summary>What a job prints: in order, each byte once, also when the connection breaks or the admin is started again meanwhile.</summary>
/// <param name="invocation">Whom to ask.</param>
/// <param name="request">The job, and which part of its output.</param>
/// <param name="sink">Takes each chunk, cut to what is new of it; null: nobody wants to see it.</param>
internal sealed class OutputFollower(Invocation invocation, WatchLogsRequest request, Func<LogChunk, ValueTask>? sink)
{
    /// <summary>How long an admin may be gone before the tool gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CrowdedPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<LogStream, long> _known = [];
    private bool _isConnected;
    private int _first;
    private int _attempt;
    private int _ended;
    private long _from;

    /// <summary>Until the job has ended where the request follows; otherwise until what there is was read. Where the caller may open no more streams, a job is asked for again and again.</summary>
    /// <exception cref="ToolException">Refused, or the admin is gone for longer than a restart takes.</exception>
    public async Task RunAsync(bool wasReachable, CancellationToken cancellationToken)
    {
        (_isConnected, _from) = (wasReachable, request.FromOffset);
        DateTimeOffset? lost = null;
        var isCrowded = false;
        while (true)
        {
            var began = invocation.Now;
            var pause = Pause;
            try
            {
                if (isCrowded && await CatchUpAsync(cancellationToken))
                    return;
                await (_attempt == 0 ? ReadAsync(request, cancellationToken) : ResumeAsync(cancellationToken));
                return;
            }
            catch (ToolException refused) when (refused.IsLostConnection && _isConnected && request.Follow)
            {
                lost = lost is null || invocation.Now - began > Steady ? invocation.Now : lost;
                if (invocation.Now - lost > Patience)
                    throw;
            }
            catch (ToolException refused) when (refused.IsCrowded && _isConnected && request.Follow)
            {
                if (!isCrowded)
                    invocation.Note($"pluginctl: job {request.JobId} goes on, and is asked for every {DurationText.Write(CrowdedPause)}: {Visible.Line(refused.Message)}");
                (pause, isCrowded, lost) = (isCrowded ? CrowdedPause : TimeSpan.Zero, true, null);
            }

            await Task.Delay(pause, invocation.Terminal.Time, cancellationToken);
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

    /// <summary>What there is by now, read without a stream that stays open: of each attempt since the first try, as a stream would have shown them.</summary>
    /// <returns>Whether that was all.</returns>
    private async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        // Asked for before the output is read: what a job printed is stored before it ends.
        var job = (await invocation.Admin.AskAsync(Calls.Get, new GetRequest { JobId = request.JobId }, cancellationToken)).Job;
        _first = _first == 0 ? Math.Max(1, job.Attempt) : _first;
        var last = request.Attempt > 0 ? Math.Min(request.Attempt, job.Attempt) : job.Attempt;
        for (var attempt = _attempt == 0 ? _first : _attempt; sink is not null && attempt <= last; attempt++)
        {
            Enter(attempt);
            var part = request.Clone();
            (part.Attempt, part.TailLines, part.FromOffset, part.Follow) = (attempt, 0, Known(), false);
            await ReadAsync(part, cancellationToken);
        }

        return JobEnding.IsEnd(job.State) || (request.Attempt > 0 && _ended == request.Attempt);
    }

    private async Task ReadAsync(WatchLogsRequest part, CancellationToken cancellationToken)
    {
        await foreach (var chunk in invocation.Admin.FollowAsync(Calls.WatchLogs, part, cancellationToken))
        {
            _isConnected = true;
            Enter(chunk.Attempt);
            if (chunk.Attempt == _attempt && CutToNew(chunk) && sink is not null)
                await sink(chunk);
        }
    }

    /// <summary>Each attempt has its own output; only the first is read from where the request says.</summary>
    private void Enter(int attempt)
    {
        if (attempt <= _attempt)
            return;
        _from = _attempt == 0 ? _from : 0;
        _attempt = attempt;
        _known.Clear();
    }

    /// <summary>Takes away what was there before; false when nothing is left.</summary>
    private bool CutToNew(LogChunk chunk)
    {
        var known = _known.GetValueOrDefault(chunk.Stream, chunk.Offset);
        var skipped = (int)Math.Clamp(known - chunk.Offset, 0, chunk.Data.Length);
        if (skipped > 0)
            (chunk.Data, chunk.Offset, chunk.GapBytes) = (ByteString.CopyFrom(chunk.Data.Span[skipped..]), chunk.Offset + skipped, 0);
        _known[chunk.Stream] = Math.Max(known, chunk.Offset + chunk.Data.Length);
        var isEnd = chunk.EndOfAttempt && chunk.Attempt != _ended;
        _ended = isEnd ? chunk.Attempt : _ended;
        return isEnd || !chunk.Data.IsEmpty || chunk.GapBytes > 0;
    }

    /// <summary>One place counts for both streams: the earlier one.</summary>
    private long Known() => (request.Streams.Count > 0 ? request.Streams : [LogStream.Stdout, LogStream.Stderr]).Min(stream => _known.GetValueOrDefault(stream, _from));
}
