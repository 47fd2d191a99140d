using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Logs;

/// <summary>
/// Bytes → rows. A line feed ends a row, so does the other stream in a merged text; a carriage return that no line feed
/// follows begins the row again, as on a terminal.
/// </summary>
internal sealed class RowScanner(bool keeps, long start = 0, long line = 1, bool continues = false)
{
    private const byte LineFeed = (byte)'\n';
    private const byte Return = (byte)'\r';

    private readonly byte[] _kept = keeps ? new byte[LogRows.Widest] : [];
    private LogStream? _stream;
    private DateTimeOffset? _at;
    private DateTimeOffset? _pieceAt;
    private int _width;
    private bool _return;
    private bool _continues = continues;

    /// <summary>A row is whole.</summary>
    public event Action<LogRow>? Closed;

    /// <summary>Bytes seen.</summary>
    public long Position { get; private set; } = start;

    /// <summary>Where the open row began.</summary>
    public long Start { get; private set; } = start;

    /// <summary>The number of the open line.</summary>
    public long Line { get; private set; } = line;

    public bool IsOpen => Position > Start;

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
        Closed?.Invoke(new LogRow(gap.Start, Line, gap.Stream, gap.At, [], false, gap.Length));
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
        if (keeps)
        {
            bytes.CopyTo(_kept.AsSpan(_width));
        }

        _width += bytes.Length;
    }

    private void End(long end, bool continues)
    {
        Closed?.Invoke(new LogRow(Start, Line, _stream ?? LogStream.Stdout, _at, keeps ? [.. _kept.AsSpan(0, _width)] : [], _continues, 0));
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
