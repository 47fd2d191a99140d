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
}
