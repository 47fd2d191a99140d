using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Shared;

/// <summary>
/// A symbol of the sprite. Markup and no component, as all small parts without a state of their own: pages show hundreds of
/// them, and each component costs its circuit two to three kilobytes.
/// </summary>
public static class Icon
{
    public static MarkupString Of(string name) => new($"""<svg class="icon" aria-hidden="true" focusable="false"><use href="icons.svg#{HtmlEncoder.Default.Encode(name)}" /></svg>""");

    /// <summary>Play in a ring that fills with the progress.</summary>
    /// <param name="percent">0 to 100; whole ones are shown.</param>
    public static MarkupString Running(double percent) => new($"""<svg class="icon ring" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><circle cx="12" cy="12" r="10" /><circle cx="12" cy="12" r="10" pathLength="100" stroke-dasharray="{(int)percent} 100" transform="rotate(-90 12 12)" /><path d="M10 8v8l6-4z" /></svg>""");
}
