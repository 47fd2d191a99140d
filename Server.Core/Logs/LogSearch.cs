using System.Collections.Immutable;
using System.Text;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>Where a text occurs in an attempt's output: bytes from its start; the first <see cref="LogSearch.Most"/>.</summary>
public sealed record LogHits(ImmutableArray<long> Offsets, bool IsCut);

/// <summary>Looks for a text in output, letters of ASCII in either case, reading it once and keeping only where it is.</summary>
public static class LogSearch
{
    public const int Most = 1000;

    /// <summary>Bytes a needle may have.</summary>
    public const int Longest = 1024;

    private const int Chunk = 256 * 1024;

    /// <exception cref="ArgumentException">The needle is empty or too long.</exception>
    public static async Task<LogHits> FindAsync(LogText text, string what, CancellationToken cancellationToken)
    {
        var needle = Folded(Encoding.UTF8.GetBytes(what));
        if (needle.Length is 0 or > Longest)
        {
            throw new ArgumentException($"a text to look for has 1 to {Longest} bytes", nameof(what));
        }

        var hits = ImmutableArray.CreateBuilder<long>();
        var buffer = new byte[Chunk + needle.Length];
        await using var reader = text.Read();
        var (held, at) = (0, 0L);
        while (at < text.Length)
        {
            var piece = text.Pieces[text.IndexOf(at)];
            if (piece.IsGap)
            {
                (held, at) = (0, piece.End);
                continue;
            }

            var read = await reader.ReadAsync(at, buffer.AsMemory(held, Chunk), cancellationToken);
            if (read == 0)
            {
                break;
            }

            var seen = buffer.AsSpan(0, held + read);
            Fold(seen[held..]);
            for (var from = 0; seen[from..].IndexOf(needle) is >= 0 and var found; from += found + needle.Length)
            {
                if (hits.Count == Most)
                {
                    return new LogHits(hits.ToImmutable(), IsCut: true);
                }

                hits.Add(at - held + from + found);
            }

            // What may be the beginning of an occurrence is looked at again with what follows, unless it was one already.
            var last = hits.Count > 0 ? hits[^1] + needle.Length - (at - held) : 0;
            var keep = (int)Math.Min(needle.Length - 1, Math.Max(0, seen.Length - Math.Max(0, last)));
            seen[^keep..].CopyTo(buffer);
            (held, at) = (keep, at + read);
        }

        return new LogHits(hits.ToImmutable(), IsCut: false);
    }

    private static byte[] Folded(byte[] bytes)
    {
        Fold(bytes);
        return bytes;
    }

    private static void Fold(Span<byte> bytes)
    {
        foreach (ref var unit in bytes)
        {
            unit = unit is >= (byte)'A' and <= (byte)'Z' ? (byte)(unit | 0x20) : unit;
        }
    }
}
