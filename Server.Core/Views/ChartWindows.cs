using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>How far back a picture or a count goes.</summary>
public enum Window
{
    Quarter = 0,
    Hour = 1,
    SixHours = 2,
    Day = 3,
}

/// <summary>The windows of the dashboard and their names in addresses.</summary>
public static class ChartWindows
{
    public static readonly ImmutableArray<Window> All = [Window.Quarter, Window.Hour, Window.SixHours, Window.Day];

    public static TimeSpan Span(Window window) => window switch
    {
        Window.Quarter => TimeSpan.FromMinutes(15),
        Window.Hour => TimeSpan.FromHours(1),
        Window.SixHours => TimeSpan.FromHours(6),
        _ => TimeSpan.FromHours(24),
    };

    /// <summary>15m, 1h, 6h, 24h.</summary>
    public static string Name(Window window) => window switch
    {
        Window.Quarter => "15m",
        Window.Hour => "1h",
        Window.SixHours => "6h",
        _ => "24h",
    };

    /// <summary>In a sentence: "last 15 min".</summary>
    public static string Text(Window window) => window switch
    {
        Window.Quarter => "15 min",
        Window.Hour => "hour",
        Window.SixHours => "6 h",
        _ => "24 h",
    };

    /// <summary>Anything else is the quarter of an hour.</summary>
    public static Window Parse(string? name) => All.FirstOrDefault(window => Name(window) == name);
}
