using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>Where a row starts, and whether its line began in a row above.</summary>
internal readonly record struct RowStart(long Start, long Line, bool Continues);

/// <summary>
/// Bytes → rows. A line feed ends a row, so does the other stream in a merged text; a carriage return that no line feed
/// follows begins the row again, as on a terminal.
/// </summary>
/// <param name="counted">Told of each whole row.</param>
/// <param name="read">Given each whole row with its bytes; null: nobody wants them, and none are made.</param>
internal sealed class RowScanner(RowStart start, Action<RowStart>? counted, Action<LogRow>? read)
{
    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';

    private readonly byte[] _kept = read is null ? [] : new byte[LogRows.Widest];
    private LogStream? _stream;
    private DateTimeOffset? _at;
    private DateTimeOffset? _pieceAt;
    private int _width;
    private bool _return;
    private bool _continues = start.Continues;

    /// <summary>Bytes seen.</summary>
    public long Position { get; private set; } = start.Start;

    /// <summary>Where the open row began.</summary>
    public long Start { get; private set; } = start.Start;

    /// <summary>The number of the open line.</summary>
    public long Line { get; private set; } = start.Line;

    public bool IsOpen => Position > Start;

    // Megabytes go through its loop the first time it runs: it is not to begin as slow code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Feed(ReadOnlySpan<byte> bytes, LogPiece piece)
    {
        Enter(piece);
        var at = 0;
        while (at < bytes.Length)
        {
            if (_return)
            {
                _return = false;
                if (bytes[at] == LineFeed)
                {
                    Close(++at);
                    continue;
                }

                _width = bytes[at] == Return ? _width : 0;
            }

            var rest = bytes[at..];
            var stop = rest.IndexOfAny(LineFeed, Return);
            var take = stop < 0 ? rest.Length : stop;
            if (take > LogRows.Widest - _width)
            {
                take = Whole(rest, LogRows.Widest - _width);
                Keep(rest[..take]);
                at += take;
                Close(at, continues: true);
                continue;
            }

            Keep(rest[..take]);
            at += take;
            if (stop >= 0)
            {
                at++;
                if (rest[stop] == LineFeed)
                {
                    Close(at);
                }
                else
                {
                    _return = true;
                }
            }
        }

        Position += bytes.Length;

        void Close(int upTo, bool continues = false) => End(Position + upTo, continues);
    }

    /// <summary>Bytes that never came are a row of their own.</summary>
    public void Skip(LogPiece gap)
    {
        Enter(gap);
        Finish();
        counted?.Invoke(new RowStart(gap.Start, Line, false));
        read?.Invoke(new LogRow(gap.Start, Line, gap.Stream, gap.At, [], false, gap.Length));
        Position = Start = gap.End;
        (_width, _return, _continues) = (0, false, false);
    }

    /// <summary>The open row, if any, is all there is of it for now.</summary>
    public void Finish()
    {
        if (IsOpen)
        {
            End(Position, continues: false);
        }
    }

    private void Enter(LogPiece piece)
    {
        if (_stream is { } before && before != piece.Stream)
        {
            Finish();
        }

        (_stream, _at) = (piece.Stream, Position > Start ? _at : piece.At);
        _pieceAt = piece.At;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (read is not null)
        {
            bytes.CopyTo(_kept.AsSpan(_width));
        }

        _width += bytes.Length;
    }

    private void End(long end, bool continues)
    {
        counted?.Invoke(new RowStart(Start, Line, _continues));
        read?.Invoke(new LogRow(Start, Line, _stream ?? LogStream.Stdout, _at, [.. _kept.AsSpan(0, _width)], _continues, 0));
        Line += continues ? 0 : 1;
        (Start, _width, _return, _continues, _at) = (end, 0, false, continues, _pieceAt);
    }

    /// <summary>Not in the middle of a letter, where that can be seen.</summary>
    private static int Whole(ReadOnlySpan<byte> bytes, int take)
    {
        var end = take;
        while (end > 0 && take - end < 4 && (bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return take - end < 4 ? end : take;
    }
}
