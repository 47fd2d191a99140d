using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Configs;

public enum ChangePartKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>One place inside a list or an object that differs.</summary>
/// <param name="Place">Number of the item, from 1, where the text stands; or the path of keys.</param>
public sealed record ChangePart(ChangePartKind Kind, string Place, string Before, string After);

/// <summary>How two lists or objects differ, item by item: the longest common run of items stays, the rest came or went.</summary>
public static class ValueDiff
{
    /// <summary>More parts help nobody; the whole values stand beside them.</summary>
    public const int MostParts = 200;

    /// <summary>Pairs of items compared at most; longer lists are compared by their common head and tail only.</summary>
    private const int MostPairs = 1_000_000;

    public static ImmutableArray<ChangePart> Parts(ConfigValue? before, ConfigValue? after)
    {
        var parts = ImmutableArray.CreateBuilder<ChangePart>();
        if (IsList(before) && IsList(after))
        {
            Lists(Items(before), Items(after), parts);
        }
        else if (before is ConfigValue.Map or null or ConfigValue.None && after is ConfigValue.Map or null or ConfigValue.None)
        {
            Maps("", (before as ConfigValue.Map)?.Fields ?? ConfigValues.Empty, (after as ConfigValue.Map)?.Fields ?? ConfigValues.Empty, parts);
        }

        return [.. parts.Take(MostParts)];
    }

    private static bool IsList(ConfigValue? value) => value is null or ConfigValue.None || FieldKinds.IsList(value.Kind);

    private static string[] Items(ConfigValue? list) => list is null ? [] : [.. FieldKinds.ElementsOf(list).Select(ConfigDiff.Text)];

    private static void Lists(string[] before, string[] after, ImmutableArray<ChangePart>.Builder parts)
    {
        var head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        var (rows, columns) = (before.Length - head - tail, after.Length - head - tail);
        var common = (long)rows * columns <= MostPairs ? Common(before.AsSpan(head, rows), after.AsSpan(head, columns)) : new int[rows + 1, 1];
        var (row, column) = (0, 0);
        while ((row < rows || column < columns) && parts.Count < MostParts)
        {
            var isTable = common.GetLength(1) > 1;
            if (row < rows && column < columns && before[head + row] == after[head + column] && isTable)
            {
                (row, column) = (row + 1, column + 1);
            }
            else if (row < rows && (column == columns || !isTable || common[row + 1, column] >= common[row, column + 1]))
            {
                parts.Add(new ChangePart(ChangePartKind.Removed, $"{head + row + 1}", before[head + row], ""));
                row++;
            }
            else
            {
                parts.Add(new ChangePart(ChangePartKind.Added, $"{head + column + 1}", "", after[head + column]));
                column++;
            }
        }
    }

    /// <summary>Length of the longest common subsequence of what is left from each pair of places on.</summary>
    private static int[,] Common(ReadOnlySpan<string> before, ReadOnlySpan<string> after)
    {
        var length = new int[before.Length + 1, after.Length + 1];
        for (var row = before.Length - 1; row >= 0; row--)
        {
            for (var column = after.Length - 1; column >= 0; column--)
            {
                length[row, column] = before[row] == after[column] ? length[row + 1, column + 1] + 1 : Math.Max(length[row + 1, column], length[row, column + 1]);
            }
        }

        return length;
    }

    private static void Maps(string path, ConfigValues before, ConfigValues after, ImmutableArray<ChangePart>.Builder parts)
    {
        foreach (var key in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).TakeWhile(_ => parts.Count < MostParts))
        {
            var place = path.Length == 0 ? key : $"{path}.{key}";
            var (old, now) = (before.Find(key), after.Find(key));
            if (old is ConfigValue.Map was && now is ConfigValue.Map becomes)
            {
                Maps(place, was.Fields, becomes.Fields, parts);
            }
            else if (!Equals(old, now))
            {
                var kind = old is null ? ChangePartKind.Added : now is null ? ChangePartKind.Removed : ChangePartKind.Changed;
                parts.Add(new ChangePart(kind, place, old is null ? "" : ConfigDiff.Text(old), now is null ? "" : ConfigDiff.Text(now)));
            }
        }
    }
}
