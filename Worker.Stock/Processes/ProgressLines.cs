using System.Globalization;
using System.Text;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>Takes lines such as <c>##progress 40 copying</c> out of a stream; everything else passes as it is.</summary>
/// <param name="report">Percent and what is going on.</param>
internal sealed class ProgressLines(Action<double, string> report)
{
    private const int LongestLine = 1024;

    private static readonly byte[] Mark = "##progress "u8.ToArray();

    // The beginning of a line that may still become a mark.
    private readonly List<byte> _held = [];
    private bool _passing;

    /// <summary>What of these bytes, and of those held before, is output.</summary>
    public byte[] Take(ReadOnlySpan<byte> bytes)
    {
        var output = new List<byte>(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var piece = end < 0 ? bytes : bytes[..(end + 1)];
            bytes = bytes[piece.Length..];
            (_passing ? output : _held).AddRange(piece);
            if (!_passing && (end >= 0 ? !TryReport() : !MayBeMark()))
            {
                Release(output);
                _passing = true;
            }

            if (end >= 0)
            {
                _held.Clear();
                _passing = false;
            }
        }

        return [.. output];
    }

    /// <summary>What is still held when the stream has ended.</summary>
    public byte[] Rest()
    {
        var rest = _held.Count > 0 && TryReport() ? [] : _held.ToArray();
        _held.Clear();
        return rest;
    }

    private bool MayBeMark() => _held.Count <= LongestLine && _held.Take(Mark.Length).SequenceEqual(Mark.Take(_held.Count));

    private void Release(List<byte> output)
    {
        output.AddRange(_held);
        _held.Clear();
    }

    private bool TryReport()
    {
        if (_held.Count <= Mark.Length || !MayBeMark())
        {
            return false;
        }

        var words = Encoding.UTF8.GetString([.. _held.Skip(Mark.Length)]).Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (!double.TryParse(words[0].TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100)
        {
            return false;
        }

        report(percent, words.Length > 1 ? words[1] : "");
        return true;
    }
}
