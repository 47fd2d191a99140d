using System.Collections.Immutable;
using System.Text;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>One condition of a query: a key with values of which one must hold, or, without a key, a text to find.</summary>
public sealed record JobTerm(string Key, ImmutableArray<string> Values, bool IsNegated = false)
{
    public bool IsText => Key.Length == 0;

    public static JobTerm Text(string text, bool negated = false) => new("", [text], negated);

    public bool Equals(JobTerm? other) => other is not null && Key == other.Key && IsNegated == other.IsNegated && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Key, IsNegated, Values.Length, Values.IsEmpty ? "" : Values[0]);

    /// <summary>As it is written in a query.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (IsNegated)
        {
            text.Append('-');
        }

        if (IsText)
        {
            return text.Append(Written(Values[0], isText: true)).ToString();
        }

        return text.Append(Written(Key, isText: true)).Append(':').AppendJoin(',', Values.Select(value => Written(value, isText: false))).ToString();
    }

    private static string Written(string value, bool isText)
    {
        var plain = value.Length > 0 && !value.Any(character => char.IsWhiteSpace(character) || character is '"' or ',' or '\\' || (isText && character == ':')) && !(isText && value[0] == '-');
        return plain ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
