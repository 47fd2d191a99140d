namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary>What somebody probably meant.</summary>
public static class NearestWord
{
    private const int LongestWord = 64;

    /// <summary>The closest of the known words, when it is close enough to be offered.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        var (best, least) = ((string?)null, int.MaxValue);
        foreach (var candidate in known.Where(candidate => candidate.Length <= LongestWord))
        {
            var distance = candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? 1 : Distance(word, candidate);
            (best, least) = distance < least ? (candidate, distance) : (best, least);
        }

        return least <= Math.Max(1, Math.Min(3, word.Length / 2)) ? best : null;
    }

    private static int Distance(string one, string other)
    {
        var row = new int[other.Length + 1];
        for (var n = 0; n < row.Length; n++)
        {
            row[n] = n;
        }

        for (var n = 1; n <= one.Length; n++)
        {
            var diagonal = row[0];
            row[0] = n;
            for (var m = 1; m <= other.Length; m++)
            {
                var changed = diagonal + (char.ToLowerInvariant(one[n - 1]) == char.ToLowerInvariant(other[m - 1]) ? 0 : 1);
                diagonal = row[m];
                row[m] = Math.Min(changed, Math.Min(row[m], row[m - 1]) + 1);
            }
        }

        return row[^1];
    }
}
