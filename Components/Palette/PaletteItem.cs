using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Palette;

/// <summary>A button or link of the page that has a key.</summary>
/// <param name="Key">One key, or two after each other: <c>g j</c>.</param>
public sealed record PageKey(string Key, string Label);

/// <summary>Something the palette goes to or does. Exactly one of <see cref="Href"/>, <see cref="Action"/> and <see cref="Choose"/> is set.</summary>
public sealed record PaletteItem(string Group, string Icon, string Text)
{
    /// <summary>Said beside the text, and searched too.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The text is an id: what does not fit is left out of its middle.</summary>
    public bool IsId { get; init; }

    /// <summary>The shortcut, shown; empty for none.</summary>
    public string Key { get; init; } = "";

    public string? Href { get; init; }

    /// <summary>Which of the page's keys is pressed.</summary>
    public int? Action { get; init; }

    public Func<ViewerSettings, ViewerSettings>? Choose { get; init; }
}
