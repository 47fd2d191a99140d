using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// The record of arrivals beside the files of an attempt, so that both streams can be read in the order in which they came.
/// Pieces of one stream that follow each other within a second are one entry; beyond <see cref="Most"/> entries the order is
/// not kept. Output stored without a record stays readable, stream by stream.
/// </summary>
internal static class LogArrivals
{
    /// <summary>Entries kept per attempt; half a megabyte.</summary>
    public const int Most = 20_000;

    private const int JoinedLength = 64 * 1024;
    private static readonly TimeSpan JoinedFor = TimeSpan.FromSeconds(1);

    public static async Task AppendAsync(string path, LogArrival arrival, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
        var entry = new byte[LogArrival.Size];

        // An entry that was being written when the power failed is written over.
        var count = file.Length / LogArrival.Size;
        if (count > 0)
        {
            file.Seek((count - 1) * LogArrival.Size, SeekOrigin.Begin);
            await file.ReadExactlyAsync(entry, cancellationToken);
            if (LogArrival.Read(entry) is { } last && Follows(last, arrival))
            {
                arrival = last with { Length = last.Length + arrival.Length };
                count--;
            }
        }

        if (count >= Most)
        {
            return;
        }

        arrival.Write(entry);
        file.Seek(count * LogArrival.Size, SeekOrigin.Begin);
        await file.WriteAsync(entry, cancellationToken);
    }

    /// <summary>Entries from a number on; none when nothing was recorded.</summary>
    public static async Task<ImmutableArray<LogArrival>> ReadAsync(string path, int from, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, useAsync: false);
        var count = (int)Math.Min(Most, file.Length / LogArrival.Size) - from;
        if (count <= 0)
        {
            return [];
        }

        var bytes = new byte[count * LogArrival.Size];
        file.Seek((long)from * LogArrival.Size, SeekOrigin.Begin);
        var read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        var arrivals = ImmutableArray.CreateBuilder<LogArrival>(count);
        for (var start = 0; start + LogArrival.Size <= read && LogArrival.Read(bytes.AsSpan(start, LogArrival.Size)) is { } arrival; start += LogArrival.Size)
        {
            arrivals.Add(arrival);
        }

        return arrivals.ToImmutable();
    }

    private static bool Follows(LogArrival last, LogArrival next) =>
        !last.IsGap && !next.IsGap && last.Stream == next.Stream && last.Offset + last.Length == next.Offset
        && last.Length + next.Length <= JoinedLength && next.At - last.At < JoinedFor && next.At >= last.At;
}
