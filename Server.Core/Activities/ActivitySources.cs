using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Activities;

/// <summary>Who speaks, in the words of people: a source of theirs is several of <see cref="Activity.Source"/>.</summary>
public static class ActivitySources
{
    /// <summary>What is in none of the others is the admin's.</summary>
    public const string Admin = "admin";

    private static readonly ImmutableArray<(string Name, ImmutableArray<string> Sources)> Sources =
    [
        (Admin, ["admin", "admin_expire", "activity_source_admin"]),
        ("scheduler", ["admin_scheduler"]),
        ("dispatch", ["admin_dispatch"]),
        ("detector", ["detector", "worker_detection", "activity_source_detector"]),
        ("executor", ["worker_progress", "worker_completion", "activity_source_executor"]),
        ("person", ["person"]),
    ];

    public static IEnumerable<string> Names => Sources.Select(source => source.Name);

    public static string NameOf(Activity activity) => Sources.FirstOrDefault(source => source.Sources.Contains(activity.Source)).Name ?? Admin;

    /// <summary>Empty for a name that is not one of <see cref="Names"/>.</summary>
    public static ImmutableArray<string> Of(string name) => Sources.FirstOrDefault(source => source.Name == name) is { Name: not null } found ? found.Sources : [];
}
