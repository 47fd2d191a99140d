using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Explorer;

/// <summary>How the text in the box may go on.</summary>
/// <param name="Text">The whole text, with the suggestion at its end.</param>
/// <param name="Shown">The part that is new.</param>
/// <param name="Means">What a key asks for; empty for values.</param>
public sealed record Suggestion(string Text, string Shown, string Means);

/// <summary>Words for the query box: its keys, and the values that are to be seen in the admin just now.</summary>
public static class Suggestions
{
    private const int Most = 10;

    public static ImmutableArray<Suggestion> For(string text, ReadModel model)
    {
        var start = StartOfWord(text);
        var word = text[start..];
        var sign = word.StartsWith('-') ? "-" : "";
        word = word[sign.Length..];
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return word.Contains('"', StringComparison.Ordinal) ? [] :
            [
                .. QueryKeys.All
                    .Where(key => key.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase) || (word.Length > 1 && key.Means.Contains(word, StringComparison.OrdinalIgnoreCase)))
                    .OrderByDescending(key => key.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                    .Select(key => Whole(key.Name == QueryKeys.LabelPrefix ? key.Name : $"{key.Name}:", key.Means))
                    .Concat(LabelKeys(model).Where(name => word.StartsWith(QueryKeys.LabelPrefix, StringComparison.Ordinal) && name.StartsWith(word, StringComparison.Ordinal)).Select(name => Whole($"{name}:", "label")))
                    .Take(Most),
            ];
        }

        var name = word[..colon];
        var comma = word.LastIndexOf(',');
        var before = comma > colon ? word[..(comma + 1)] : word[..(colon + 1)];
        var part = word[before.Length..].TrimStart('"');
        var used = before[(colon + 1)..].Split(',');
        return
        [
            .. Values(name, model)
                .Where(value => value.Contains(part, StringComparison.OrdinalIgnoreCase) && value != part && !used.Contains(value))
                .OrderByDescending(value => value.StartsWith(part, StringComparison.OrdinalIgnoreCase))
                .Take(Most)
                .Select(value => new Suggestion(text[..start] + sign + before + new JobTerm(name, [value]).ToString()[(new JobTerm(name, [""]).ToString().Length - 2)..], value, "")),
        ];

        Suggestion Whole(string shown, string means) => new(text[..start] + sign + shown, shown, means);
    }

    /// <summary>Blanks within quotes end no word.</summary>
    private static int StartOfWord(string text)
    {
        var (start, quoted) = (0, false);
        for (var n = 0; n < text.Length; n++)
        {
            quoted ^= text[n] == '"';
            start = char.IsWhiteSpace(text[n]) && !quoted ? n + 1 : start;
        }

        return start;
    }

    private static IEnumerable<string> Values(string name, ReadModel model) => name switch
    {
        "type" => model.JobTypes.Select(type => type.Name),
        "worker" => model.Workers.Select(view => view.Worker.Id.Value),
        "group" => Seen(model).Select(job => job.Group?.Id).OfType<string>().Distinct(),
        "by" => Seen(model).Select(job => job.SubmittedBy).Where(person => person.Length > 0).Distinct(),
        "priority" => [">=75", "50", "<50"],
        "due" => [">5m", ">1h", "<1h", "today"],
        "created" or "updated" or "completed" => ["<5m", "<1h", "<1d", "today", "yesterday", ">1h", "<7d"],
        _ when name.StartsWith(QueryKeys.LabelPrefix, StringComparison.Ordinal) => Seen(model).Select(job => job.Labels.GetValueOrDefault(name[QueryKeys.LabelPrefix.Length..])).OfType<string>().Distinct(),
        _ => QueryKeys.Find(name)?.Words ?? [],
    };

    private static IEnumerable<string> LabelKeys(ReadModel model) => Seen(model).SelectMany(job => job.Labels.Keys).Distinct().Select(key => QueryKeys.LabelPrefix + key);

    private static IEnumerable<Server.Core.Jobs.Job> Seen(ReadModel model) => model.Active.Take(200).Select(view => view.Job).Concat(model.RecentEnded).Concat(model.JobTypes.SelectMany(type => type.Queue.Take(50)).Select(view => view.Job));
}
