using System.Buffers;
using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// Finds rows in a text by number or by byte, without keeping the text: every so often it notes where a row starts, and reads
/// on from there. It grows with its text; both take a few hundred bytes per thousand lines. For one reader.
/// </summary>
public sealed class LogRows
{
    /// <summary>Bytes in a row; a longer line goes on in the next one.</summary>
    public const int Widest = 4096;

    /// <summary>Rows read at once.</summary>
    public const int Most = 2000;

    private const int Every = 256;

    /// <summary>Bytes at a time when all is counted, and when a few rows are looked for.</summary>
    private const int Large = 256 * 1024;
    private const int Small = 16 * 1024;

    private static readonly RowStart Beginning = new(0, 1, Continues: false);

    private readonly List<RowStart> _notes = [];
    private readonly RowScanner _end;
    private long _closed;

    public LogRows() => _end = new RowScanner(Beginning, Note, null);

    /// <summary>Rows so far; the last one may still grow.</summary>
    public long Count => _closed + (_end.IsOpen ? 1 : 0);

    /// <summary>Lines so far.</summary>
    public long Lines => _end.Line - (_end.IsOpen ? 0 : 1);

    /// <summary>Takes in what the text has more than before.</summary>
    public Task AdvanceAsync(LogText text, CancellationToken cancellationToken) => ScanAsync(_end, text, Large, () => false, cancellationToken);

    /// <summary>Rows from a number on, counted from 0.</summary>
    public async Task<ImmutableArray<LogRow>> ReadAsync(LogText text, long first, int count, CancellationToken cancellationToken)
    {
        count = (int)Math.Clamp(Math.Min(count, Count - first), 0, Most);
        if (first < 0 || count == 0)
        {
            return [];
        }

        var rows = ImmutableArray.CreateBuilder<LogRow>(count);
        var (start, row) = From((int)(first / Every));
        var scanner = new RowScanner(start, null, found =>
        {
            if (row++ >= first && rows.Count < count)
            {
                rows.Add(found);
            }
        });
        await ScanAsync(scanner, text, Small, () => rows.Count == count, cancellationToken);
        scanner.Finish();
        return rows.ToImmutable();
    }

    /// <summary>The number of the row that holds a byte; the last one beyond the end.</summary>
    public async Task<long> FindAsync(LogText text, long position, CancellationToken cancellationToken)
    {
        var (low, high) = (0, Math.Max(0, _notes.Count - 1));
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _notes[middle].Start <= position ? (middle, high) : (low, middle - 1);
        }

        var (start, row) = From(low);
        var found = -1L;
        var scanner = new RowScanner(
            start,
            closed =>
            {
                found = closed.Start <= position ? row : found;
                row++;
            },
            null);
        await ScanAsync(scanner, text, Small, () => scanner.Position > position && scanner.Start > position, cancellationToken);
        scanner.Finish();
        return Math.Max(0, found);
    }

    private void Note(RowStart row)
    {
        if (_closed % Every == 0)
        {
            _notes.Add(row);
        }

        _closed++;
    }

    private (RowStart Start, long Row) From(int note)
    {
        var at = Math.Min(note, _notes.Count - 1);
        return at < 0 ? (Beginning, 0) : (_notes[at], (long)at * Every);
    }

    private static async Task ScanAsync(RowScanner scanner, LogText text, int chunk, Func<bool> enough, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(chunk);
        try
        {
            var from = scanner.Position;
            await using var reader = text.Read();
            while (from < text.Length && !enough())
            {
                var piece = text.Pieces[text.IndexOf(from)];
                if (piece.IsGap)
                {
                    scanner.Skip(piece);
                    from = piece.End;
                    continue;
                }

                var read = await reader.ReadAsync(from, buffer.AsMemory(0, chunk), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                scanner.Feed(buffer.AsSpan(0, read), piece);
                from += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
