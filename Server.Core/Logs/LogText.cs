using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>Consecutive bytes of one stream within a <see cref="LogText"/>.</summary>
/// <param name="Start">First byte, within the text.</param>
/// <param name="Offset">First byte, within the stream.</param>
/// <param name="At">When it came; null when that was not recorded.</param>
public readonly record struct LogPiece(long Start, LogStream Stream, long Offset, long Length, DateTimeOffset? At, bool IsGap)
{
    public long End => Start + Length;
}

/// <summary>
/// The output of one attempt as a person reads it: one stream, or both in the order in which they came. It is what was
/// stored when it was opened; one that is opened later begins with the same bytes.
/// </summary>
public sealed class LogText
{
    private readonly JobLogStore _store;
    private readonly JobId _job;
    private readonly int _attempt;
    private readonly ImmutableArray<LogArrival> _arrivals;

    private LogText(JobLogStore store, JobId job, int attempt, ImmutableArray<LogArrival> arrivals, ImmutableArray<LogPiece> pieces, LogLimit? limit, LogStream? stream)
    {
        (_store, _job, _attempt, _arrivals, Pieces, Limit) = (store, job, attempt, arrivals, pieces, limit);
        Dropped = stream is { } one ? limit?.DroppedOf(one) ?? 0 : limit?.Dropped ?? 0;
    }

    public ImmutableArray<LogPiece> Pieces { get; }

    public long Length => Pieces.IsEmpty ? 0 : Pieces[^1].End;

    /// <summary>What the attempt's output came to, and where it was cut; null while all of it is kept.</summary>
    public LogLimit? Limit { get; }

    /// <summary>Bytes that came beyond what is kept.</summary>
    public long Dropped { get; }

    /// <summary>More was written than is kept.</summary>
    public bool IsCapped => Dropped > 0;

    /// <param name="stream">Null: both, by arrival.</param>
    /// <param name="whole">
    /// Both streams: also what no record of arrivals covers, stream after stream at the end. While an attempt runs, such bytes
    /// wait for their entry, so that nothing that was shown moves.
    /// </param>
    /// <param name="before">An older one of the same attempt, whose entries need not be read again.</param>
    public static async Task<LogText> OpenAsync(JobLogStore store, JobId job, int attempt, LogStream? stream, bool whole, LogText? before, CancellationToken cancellationToken)
    {
        var known = before?._arrivals is { Length: > 0 } seen ? seen.RemoveAt(seen.Length - 1) : [];
        var arrivals = known.AddRange(await store.ArrivalsAsync(job, attempt, known.Length, cancellationToken));
        var (stdout, stderr) = (store.KeptOf(job, attempt, LogStream.Stdout), store.KeptOf(job, attempt, LogStream.Stderr));
        var full = arrivals.Length >= LogArrivals.Most;
        return new LogText(
            store,
            job,
            attempt,
            arrivals,
            stream is { } one ? OfStream(arrivals, one, one == LogStream.Stdout ? stdout : stderr) : Merged(arrivals, stdout, stderr, whole || full || arrivals.IsEmpty),
            store.LimitOf(job, attempt),
            stream);
    }

    /// <summary>For one pass over it.</summary>
    public LogTextReader Read() => new(this, stream => _store.Open(_job, _attempt, stream));

    /// <summary>The piece that holds a byte; the last one beyond the end.</summary>
    public int IndexOf(long position)
    {
        var (low, high) = (0, Pieces.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Pieces[middle].Start <= position ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private static ImmutableArray<LogPiece> OfStream(ImmutableArray<LogArrival> arrivals, LogStream stream, long end)
    {
        var pieces = ImmutableArray.CreateBuilder<LogPiece>();
        var at = 0L;
        foreach (var arrival in arrivals.Where(arrival => arrival.Stream == stream && arrival.Offset < end))
        {
            if (arrival.Offset > at)
            {
                pieces.Add(new LogPiece(at, stream, at, arrival.Offset - at, null, false));
            }

            if (Math.Min(end, arrival.Offset + arrival.Length) is var to && to > Math.Max(at, arrival.Offset))
            {
                at = Math.Max(at, arrival.Offset);
                pieces.Add(new LogPiece(at, stream, at, to - at, arrival.At, arrival.IsGap));
                at = to;
            }
        }

        if (at < end)
        {
            pieces.Add(new LogPiece(at, stream, at, end - at, null, false));
        }

        return pieces.ToImmutable();
    }

    private static ImmutableArray<LogPiece> Merged(ImmutableArray<LogArrival> arrivals, long stdout, long stderr, bool whole)
    {
        var pieces = ImmutableArray.CreateBuilder<LogPiece>(arrivals.Length + 2);
        var covered = new Dictionary<LogStream, long> { [LogStream.Stdout] = 0, [LogStream.Stderr] = 0 };
        var at = 0L;
        foreach (var arrival in arrivals)
        {
            Add(arrival.Stream, arrival.Offset + arrival.Length, arrival.At, arrival.IsGap);
        }

        if (whole)
        {
            Add(LogStream.Stdout, stdout, null, false);
            Add(LogStream.Stderr, stderr, null, false);
        }

        return pieces.ToImmutable();

        void Add(LogStream stream, long to, DateTimeOffset? when, bool gap)
        {
            var end = Math.Min(to, stream == LogStream.Stdout ? stdout : stderr);
            if (end > covered[stream])
            {
                pieces.Add(new LogPiece(at, stream, covered[stream], end - covered[stream], when, gap));
                at += end - covered[stream];
                covered[stream] = end;
            }
        }
    }
}
