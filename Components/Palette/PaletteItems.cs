using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Schedules;
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
        Page("overview", "Overview", "", "g o"), Page("types", "Job types", "plugin/configuration", "g t"), Page("jobs", "Jobs", "jobs", "g j"), Page("clock", "Schedules", "schedules", "g s"), Page("workers", "Workers", "workers", "g w"),
        Page("lanes", "Lanes", "plugin/lanes", ""), Page("activity", "Activity", "activity", "g a"), Page("gear", "Settings", "settings", ""),
    ];

    private static readonly IReadOnlyList<PaletteItem> Settings =
    [
        Section("Scheduler and maintenance", "scheduler"), Section("What is kept", "retention", "retention"), Section("About", "about", "version"), Section("Backups", "backups", "restore"),
        Section("Cluster addresses", "cluster", "masters, filers"), Section("Lanes", "lanes"), Section("Job types in lanes", "placement", "placement"),
        Setting("sun", "Theme: light", settings => settings with { Theme = ThemeChoice.Light }), Setting("moon", "Theme: dark", settings => settings with { Theme = ThemeChoice.Dark }),
        Setting("sun", "Theme: as the system", settings => settings with { Theme = ThemeChoice.System }),
        Setting("clock", "Times: relative", settings => settings with { Time = TimeMode.Relative }), Setting("clock", "Times: local", settings => settings with { Time = TimeMode.Local }),
        Setting("clock", "Times: UTC", settings => settings with { Time = TimeMode.Utc }),
        Setting("list", "Rows: comfortable", settings => settings with { Density = DensityChoice.Comfortable }), Setting("list", "Rows: compact", settings => settings with { Density = DensityChoice.Compact }),
    ];

    /// <summary>Everything in memory that has all words of the query, best first within its group; and whether there is more than that.</summary>
    public static (List<PaletteItem> Items, bool IsCut) For(ReadModel model, string query, IReadOnlyList<PageKey> keys, Func<JobId, string> job)
    {
        var words = Split(query);
        var actions = keys.Select((key, index) => new PaletteItem("On this page", "play", key.Label) { Key = key.Key, Action = index });
        if (words.Length == 0)
        {
            return ([.. actions.Concat(Pages).Take(Most)], false);
        }

        IEnumerable<PaletteItem>[] groups = [actions, Pages, Types(model), Workers(model), Schedules(model), Settings];
        List<List<PaletteItem>> found = [.. groups.Select(group => Best(group, words).ToList()), [.. Jobs(model, query.Trim(), words, job)]];
        List<PaletteItem> items = [.. found.SelectMany(group => group.Take(MostOfAGroup))];
        return ([.. items.Take(Most)], items.Count > Most || found.Exists(group => group.Count > MostOfAGroup));
    }

    public static PaletteItem Job(Job job, string href) => new("Jobs", Words.Look(job.State, job.Phase, job.Reason).Icon, Words.Name(job)) { Detail = $"{job.JobType} · {job.Id.Value}", Href = href };

    private static IEnumerable<PaletteItem> Types(ReadModel model) => model.JobTypes.SelectMany(type => JobTypeLinks.Tabs.Select(tab =>
        new PaletteItem("Job types", Words.Icon(type.Icon), $"{Words.Visible(type.DisplayName)}: {tab.Text.ToLowerInvariant()}") { Detail = Words.Visible(type.Name), Href = JobTypeLinks.To(tab.Tab, type.Name) }));

    private static IEnumerable<PaletteItem> Workers(ReadModel model) => model.Workers.Select(view =>
        new PaletteItem("Workers", "workers", Words.Visible(view.Worker.Id.Value)) { IsId = true, Detail = view.Session?.RemoteAddress ?? "disconnected", Href = $"workers/{Uri.EscapeDataString(view.Worker.Id.Value)}" });

    private static IEnumerable<PaletteItem> Schedules(ReadModel model) => model.Schedules.Select(view =>
        new PaletteItem("Schedules", "clock", Words.Visible(view.Schedule.Name)) { Detail = ScheduleLook.Rule(view.Schedule.Spec.Rule), Href = ScheduleLinks.To(view.Schedule) });

    /// <summary>By the start of the id or words of the summary; those at work first, then those that wait, then ended ones.</summary>
    private static IEnumerable<PaletteItem> Jobs(ReadModel model, string query, string[] words, Func<JobId, string> href) =>
        model.Active.Select(view => view.Job).Concat(model.JobTypes.SelectMany(type => type.Queue).Select(view => view.Job)).Concat(model.RecentEnded)
            .Where(job => job.Id.Value.StartsWith(query, StringComparison.OrdinalIgnoreCase) || Array.TrueForAll(words, word => job.Summary.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .DistinctBy(job => job.Id)
            .Take(MostOfAGroup + 1)
            .Select(job => Job(job, href(job.Id)));

    private static IEnumerable<PaletteItem> Best(IEnumerable<PaletteItem> items, string[] words) => items
        .Where(item => Array.TrueForAll(words, word => item.Text.Contains(word, StringComparison.OrdinalIgnoreCase) || item.Detail.Contains(word, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(item => item.Text.StartsWith(words[0], StringComparison.OrdinalIgnoreCase) ? 0 : 1)
        .Take(MostOfAGroup + 1);

    private static string[] Split(string query) => query.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static PaletteItem Page(string icon, string text, string href, string key) => new("Pages", icon, text) { Href = href, Key = key };

    /// <summary>A card of the settings page.</summary>
    private static PaletteItem Section(string text, string id, string detail = "") => new("Settings", "gear", $"Settings: {text}") { Href = $"settings#{id}", Detail = detail };

    private static PaletteItem Setting(string icon, string text, Func<ViewerSettings, ViewerSettings> choose) => new("Settings", icon, text) { Choose = choose };
}
