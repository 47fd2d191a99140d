namespace BlazorPluginAdmin.Components.Shared;

/// <summary>Text of workers that is an address. Only what leads where it says is made a link.</summary>
public static class HttpLinks
{
    private const int Longest = 2_000;

    /// <summary>Where it leads; null: it is text. No other scheme, nothing hidden, no name before the host that looks like one.</summary>
    public static string? Of(string text) =>
        text.Length <= Longest
        && (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        && !text.Any(char.IsWhiteSpace) && Words.Visible(text) == text
        && Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Host.Length: > 0, UserInfo: "" }
            ? address.AbsoluteUri
            : null;
}
