using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Palette;

/// <summary>What a person may mean by a few letters: what the page can do, where one can go, what is known by that name.</summary>
public static class PaletteItems
{
    /// <summary>Rows of the palette, over all groups.</summary>
    public const int Most = 40;

    private const int MostOfAGroup = 8;

    /// <summary>The pages of the menu with the keys that go there.</summary>
    public static readonly IReadOnlyList<PaletteItem> Pages =
    [
        Page("overview", "Overview", "", "g o"), Page("types", "Job types", "plugin/configuration", "g t"), Page("jobs", "Jobs", "jobs", "g j"), Page("workers", "Workers", "workers", "g w"),
        Page("lanes", "Lanes", "plugin/lanes", ""), Page("activity", "Activity", "activity", "g a"), Page("gear", "Settings", "settings", ""),
    ];

    private static readonly IReadOnlyList<PaletteItem> Settings =
    [
        Setting("sun", "Theme: light", settings => settings with { Theme = ThemeChoice.Light }), Setting("moon", "Theme: dark", settings => settings with { Theme = ThemeChoice.Dark }),
        Setting("sun", "Theme: as the system", settings => settings with { Theme = ThemeChoice.System }),
        Setting("clock", "Times: relative", settings => settings with { Time = TimeMode.Relative }), Setting("clock", "Times: local", settings => settings with { Time = TimeMode.Local }),
        Setting("clock", "Times: UTC", settings => settings with { Time = TimeMode.Utc }),
        Setting("list", "Rows: comfortable", settings => settings with { Density = DensityChoice.Comfortable }), Setting("list", "Rows: compact", settings => settings with { Density = DensityChoice.Compact }),
    ];

    /// <summary>Everything in memory that has all words of the query, best first within its group.</summary>
    public static List<PaletteItem> For(ReadModel model, string query, IReadOnlyList<PageKey> keys, Func<JobId, string> job)
    {
        var words = Split(query);
        var actions = keys.Select((key, index) => new PaletteItem("On this page", "play", key.Label) { Key = key.Key, Action = index });
        if (words.Length == 0)
        {
            return [.. actions.Concat(Pages).Take(Most)];
        }

        IEnumerable<PaletteItem>[] groups = [actions, Pages, Types(model), Workers(model), Settings];
        return [.. groups.SelectMany(group => Best(group, words)).Concat(Jobs(model, query.Trim(), words, job)).Take(Most)];
    }

    public static PaletteItem Job(Job job, string href) => new("Jobs", Words.Look(job.State, job.Phase, job.Reason).Icon, Words.Name(job)) { Detail = $"{job.JobType} · {job.Id.Value}", Href = href };

    private static IEnumerable<PaletteItem> Types(ReadModel model) => model.JobTypes.SelectMany(type => JobTypeLinks.Tabs.Select(tab =>
        new PaletteItem("Job types", Words.Icon(type.Icon), $"{Words.Visible(type.DisplayName)}: {tab.Text.ToLowerInvariant()}") { Detail = Words.Visible(type.Name), Href = JobTypeLinks.To(tab.Tab, type.Name) }));

    private static IEnumerable<PaletteItem> Workers(ReadModel model) => model.Workers.Select(view =>
        new PaletteItem("Workers", "workers", Words.Visible(view.Worker.Id.Value)) { Detail = view.Session?.RemoteAddress ?? "disconnected", Href = $"workers/{Uri.EscapeDataString(view.Worker.Id.Value)}" });

    /// <summary>By the start of the id or words of the summary; those at work first, then those that wait, then ended ones.</summary>
    private static IEnumerable<PaletteItem> Jobs(ReadModel model, string query, string[] words, Func<JobId, string> href) =>
        model.Active.Select(view => view.Job).Concat(model.JobTypes.SelectMany(type => type.Queue).Select(view => view.Job)).Concat(model.RecentEnded)
            .Where(job => job.Id.Value.StartsWith(query, StringComparison.OrdinalIgnoreCase) || Array.TrueForAll(words, word => job.Summary.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(job => job.Id)
            .Take(MostOfAGroup)
            .Select(job => Job(job, href(job.Id)));

    private static IEnumerable<PaletteItem> Best(IEnumerable<PaletteItem> items, string[] words) => items
        .Where(item => Array.TrueForAll(words, word => item.Text.Contains(word, StringComparison.OrdinalIgnoreCase) || item.Detail.Contains(word, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(item => item.Text.StartsWith(words[0], StringComparison.OrdinalIgnoreCase) ? 0 : 1)
        .Take(MostOfAGroup);

    private static string[] Split(string query) => query.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static PaletteItem Page(string icon, string text, string href, string key) => new("Pages", icon, text) { Href = href, Key = key };

    private static PaletteItem Setting(string icon, string text, Func<ViewerSettings, ViewerSettings> choose) => new("Settings", icon, text) { Choose = choose };
}
