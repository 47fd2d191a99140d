using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>
/// Which failures are the same one: job type, reason and the first line of the error without what differs each time.
/// Two jobs with the same fingerprint very likely failed of the same cause.
/// </summary>
public static partial class Fingerprint
{
    /// <summary>Hexadecimal characters of a fingerprint.</summary>
    public const int Length = 12;

    /// <summary>What of a first line counts; also a bound to the work a hostile text can ask for.</summary>
    private const int LongestLine = 400;

    /// <summary>The fingerprint of a job that failed; empty for every other one.</summary>
    public static string Of(Job job) => job.State == JobState.Failed ? Of(job.JobType, job.Reason, job.Error) : "";

    /// <summary>Twelve hexadecimal characters, the same in every process and version.</summary>
    public static string Of(string jobType, JobReason reason, string error)
    {
        var text = $"{jobType}\n{(int)reason}\n{Template(error)}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..(Length / 2)]);
    }

    /// <summary>The first line that says something, with quoted text, paths, addresses, hexadecimal and decimal numbers blanked.</summary>
    public static string Template(string error)
    {
        var line = FirstLine(error);
        line = Quoted().Replace(line, "…");
        line = Path().Replace(line, "<path>");
        line = Address().Replace(line, "<address>");
        line = Hex().Replace(line, "<hex>");
        return Digits().Replace(line, "#");
    }

    private static string FirstLine(string error)
    {
        foreach (var line in error.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text.Length > 0)
            {
                return text[..Math.Min(text.Length, LongestLine)].ToString();
            }
        }

        return "";
    }

    // An apostrophe within a word ("can't") quotes nothing.
    [GeneratedRegex("""
        "[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)|[“„«][^”“»]*[”“»]
        """)]
    private static partial Regex Quoted();

    [GeneratedRegex("""(?<![\w<])(?:[A-Za-z][A-Za-z0-9+.-]*://|~?/|\.{1,2}/|[A-Za-z]:\\|\\\\)[^\s,;:()\[\]]+(?::\d+[^\s,;()\[\]]*)?""")]
    private static partial Regex Path();

    /// <summary>IPv4 and IPv6, with or without a port; host:port.</summary>
    [GeneratedRegex("""(?<![\w.])(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}\]?|[A-Za-z][\w.-]*(?=:\d{2,5}\b))(?::\d{1,5})?(?![\w.]*\w)""")]
    private static partial Regex Address();

    /// <summary>Long enough and with a digit, so that no word is taken for a number.</summary>
    [GeneratedRegex("""\b(?:0[xX][0-9A-Fa-f]+|(?=[A-Fa-f-]*[0-9])[0-9A-Fa-f][0-9A-Fa-f-]{6,}[0-9A-Fa-f])\b""")]
    private static partial Regex Hex();

    [GeneratedRegex("""\d+(?:[.,]\d+)*""")]
    private static partial Regex Digits();
}
