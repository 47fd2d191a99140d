using System.Globalization;

namespace BlazorPluginAdmin.Server.Core.Queries;

/// <summary><c>75</c>, <c>&gt;=75</c>, <c>&lt;50</c>, <c>25..75</c>; 0–100, both ends included in the answer.</summary>
public static class PriorityTerm
{
    /// <summary>Null: not a range of priorities, or one without any.</summary>
    public static (int From, int To)? Read(string text) => Bounds(text) is { } range && range.From <= range.To ? range : null;

    private static (int From, int To)? Bounds(string text)
    {
        if (text.Split("..") is [var first, var last])
        {
            return Number(first) is { } from && Number(last) is { } to ? (from, to) : null;
        }

        var sign = new string([.. text.TakeWhile(character => character is '<' or '>' or '=')]);
        return Number(text[sign.Length..]) is not { } value ? null : sign switch
        {
            "" or "=" => (value, value),
            ">=" => (value, 100),
            ">" => (value + 1, 100),
            "<=" => (0, value),
            "<" => (0, value - 1),
            _ => null,
        };
    }

    /// <summary>One priority: a number from 0 to 100, or low, normal, high, critical. Null: neither.</summary>
    public static int? One(string text) => text.ToLowerInvariant() switch
    {
        "low" => 25,
        "normal" => 50,
        "high" => 75,
        "critical" => 100,
        _ => Number(text),
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100 ? number : null;
}
