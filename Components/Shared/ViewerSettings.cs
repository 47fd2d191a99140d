using System.Globalization;

namespace BlazorPluginAdmin.Components.Shared;

public enum ThemeChoice
{
    /// <summary>As the operating system says.</summary>
    System = 0,
    Light = 1,
    Dark = 2,
}

public enum DensityChoice
{
    /// <summary>Compact from 1,280 px on.</summary>
    Auto = 0,
    Comfortable = 1,
    Compact = 2,
}

/// <summary>How moments are written; running durations tick in all three.</summary>
public enum TimeMode
{
    Relative = 0,

    /// <summary>In the browser's zone.</summary>
    Local = 1,
    Utc = 2,
}

/// <summary>What a person chose for this browser. It lives in cookies, so the server knows it before the first byte of a page.</summary>
public sealed record ViewerSettings
{
    /// <summary>Rows of a page that a person may choose.</summary>
    public static readonly IReadOnlyList<int> PageSizes = [25, 50, 100, 200];

    /// <summary>Pixels that output can be read in.</summary>
    public const int LeastLogHeight = 120;

    /// <inheritdoc cref="LeastLogHeight"/>
    public const int MostLogHeight = 4000;

    public ThemeChoice Theme { get; init; }

    public DensityChoice Density { get; init; }

    public TimeMode Time { get; init; }

    /// <summary>IANA name of the browser's zone; empty until the browser said it.</summary>
    public string Zone { get; init; } = "";

    /// <summary>One of <see cref="PageSizes"/>.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>Whether single letters are shortcuts.</summary>
    public bool Keys { get; init; } = true;

    /// <summary>Columns of the list of jobs, by name; empty: the usual ones.</summary>
    public string JobColumns { get; init; } = "";

    /// <summary>The view the list of jobs opens with; empty: all jobs.</summary>
    public string JobsView { get; init; } = "";

    /// <summary>Lists with a name of this browser's own, as <see cref="Shared.OwnViews"/> writes them.</summary>
    public string Views { get; init; } = "";

    /// <summary>Whether the list of jobs shows its types in numbers; null: where they are few.</summary>
    public bool? TypeGroups { get; init; }

    /// <summary>Pixels of the frame that a job's output is read in; 0: as the page makes it.</summary>
    public int LogHeight { get; init; }

    /// <summary>Keys that changed places, two characters each pair; empty: none. See <see cref="KeyMap"/>.</summary>
    public string KeyPairs { get; init; } = "";

    public System.Collections.Immutable.ImmutableArray<Server.Core.Queries.SavedView> OwnViews => Shared.OwnViews.Read(Views);

    /// <summary>The same as cookies, which are what <see cref="Read"/> takes.</summary>
    public IEnumerable<(string Name, string Value)> Cookies =>
    [
        ("theme", Name(Theme)), ("density", Name(Density)), ("time", Name(Time)), ("size", PageSize.ToString(CultureInfo.InvariantCulture)), ("keys", Keys ? "on" : "off"), ("cols", JobColumns), ("view", JobsView), ("views", Views), ("keymap", KeyPairs), ("groups", TypeGroups switch { true => "open", false => "folded", null => "" }), ("log", LogHeight == 0 ? "" : LogHeight.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <param name="header">As the browser sends it. Of several cookies of one name the first counts: it is the one of the nearest path, where another admin lives at the root of the same host.</param>
    public static ViewerSettings Read(string header)
    {
        var cookies = header.Split(';', StringSplitOptions.TrimEntries).Select(cookie => cookie.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return Read(name => cookies[name].FirstOrDefault() is { } value ? Uri.UnescapeDataString(value) : null);
    }

    /// <param name="cookie">Value by name, null when there is none. What cannot be understood counts as not chosen.</param>
    public static ViewerSettings Read(Func<string, string?> cookie) => new()
    {
        Theme = Choice<ThemeChoice>(cookie("theme")),
        Density = Choice<DensityChoice>(cookie("density")),
        Time = Choice<TimeMode>(cookie("time")),
        Zone = cookie("zone") is { Length: > 0 and <= 64 } zone ? zone : "",
        PageSize = int.TryParse(cookie("size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && PageSizes.Contains(size) ? size : 50,
        Keys = cookie("keys") != "off",
        JobColumns = cookie("cols") is { Length: <= 200 } columns ? columns : "",
        Views = cookie("views") is { Length: <= Shared.OwnViews.MostText } views ? views : "",
        KeyPairs = KeyMap.Read(cookie("keymap") ?? "").ToString(),
        TypeGroups = cookie("groups") switch { "open" => true, "folded" => false, _ => null },
        LogHeight = int.TryParse(cookie("log"), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height is >= LeastLogHeight and <= MostLogHeight ? height : 0,
        JobsView = cookie("view") is { Length: <= 60 } view ? view : "",
    };

    /// <summary>As cookies and attributes write it.</summary>
    public static string Name<T>(T choice)
        where T : struct, Enum => choice.ToString().ToLowerInvariant();

    private static T Choice<T>(string? text)
        where T : struct, Enum => Enum.GetValues<T>().FirstOrDefault(choice => Name(choice) == text);
}
