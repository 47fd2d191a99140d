using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.App.Services;

/// <summary>A stretch of one stream.</summary>
/// <param name="Gap">Bytes before it that never came.</param>
internal sealed record LogPiece(LogStream Stream, long Offset, ReadOnlyMemory<byte> Bytes, long Gap, DateTimeOffset? At);

/// <summary>Reads the output of one attempt piece by piece, both streams in the order in which they came; asked again, it goes on where it was.</summary>
internal sealed class LogPieces(JobLogStore logs, JobId job, int attempt, IReadOnlyCollection<LogStream> streams)
{
    /// <summary>Bytes of one piece; a follower never holds more.</summary>
    private const int Most = 32 * 1024;

    private readonly Dictionary<LogStream, long> _at = streams.ToDictionary(stream => stream, _ => 0L);
    private readonly Dictionary<LogStream, long> _gaps = [];
    private int _entry;

    /// <summary>Begins that many bytes into each stream.</summary>
    public void Skip(long bytes)
    {
        foreach (var stream in streams)
        {
            _at[stream] = bytes;
        }
    }

    /// <summary>Begins so that that many lines of each stream are left.</summary>
    public async Task SkipToLastAsync(int lines, CancellationToken cancellationToken)
    {
        foreach (var stream in streams)
        {
            _at[stream] = await StartOfLastAsync(stream, lines, cancellationToken);
        }
    }

    /// <summary>What is there beyond what was read before.</summary>
    /// <param name="whole">Nothing more comes: what no record of arrivals tells of is read too, stream by stream. So it is once the record is full.</param>
    public async IAsyncEnumerable<LogPiece> ReadAsync(bool whole, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var arrivals = await logs.ArrivalsAsync(job, attempt, _entry, cancellationToken);
        foreach (var arrival in arrivals)
        {
            if (!_at.TryGetValue(arrival.Stream, out var at) || arrival.Offset + arrival.Length <= at)
            {
                continue;
            }

            if (arrival.IsGap)
            {
                _gaps[arrival.Stream] = _gaps.GetValueOrDefault(arrival.Stream) + arrival.Offset + arrival.Length - at;
                _at[arrival.Stream] = arrival.Offset + arrival.Length;
                continue;
            }

            await foreach (var piece in PiecesAsync(arrival.Stream, arrival.Offset + arrival.Length, arrival.At, cancellationToken))
            {
                yield return piece;
            }
        }

        // The last entry may still grow; when the record is full, no entry tells of what comes any more.
        _entry += Math.Max(0, arrivals.Length - 1);
        if (!whole && _entry < JobLogStore.MostArrivals - 1)
        {
            yield break;
        }

        foreach (var stream in streams)
        {
            await foreach (var piece in PiecesAsync(stream, long.MaxValue, null, cancellationToken))
            {
                yield return piece;
            }
        }
    }

    private async IAsyncEnumerable<LogPiece> PiecesAsync(LogStream stream, long until, DateTimeOffset? at, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_at[stream] >= until || logs.Open(job, attempt, stream) is not { } file)
        {
            yield break;
        }

        await using (file)
        {
            file.Seek(_at[stream], SeekOrigin.Begin);
            while (_at[stream] < until)
            {
                var buffer = new byte[(int)Math.Min(Most, until - _at[stream])];
                var read = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
                if (read == 0)
                {
                    yield break;
                }

                var offset = _at[stream];
                _at[stream] += read;
                _gaps.Remove(stream, out var gap);
                yield return new LogPiece(stream, offset, buffer.AsMemory(0, read), gap, at);
            }
        }
    }

    private async Task<long> StartOfLastAsync(LogStream stream, int lines, CancellationToken cancellationToken)
    {
        if (logs.Open(job, attempt, stream) is not { } file)
        {
            return 0;
        }

        await using (file)
        {
            // The line feed that ends the text ends its last line, and begins no other.
            var (end, left) = (file.Length, lines);
            var buffer = new byte[Most];
            for (var from = end; from > 0;)
            {
                var length = (int)Math.Min(Most, from);
                from -= length;
                file.Seek(from, SeekOrigin.Begin);
                await file.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
                for (var n = length - 1; n >= 0; n--)
                {
                    if (buffer[n] == (byte)'\n' && from + n + 1 < end && --left == 0)
                    {
                        return from + n + 1;
                    }
                }
            }

            return 0;
        }
    }
}
