namespace BlazorPluginAdmin.Cli.Text;

/// <summary>What workers say, on one line and without power over the terminal.</summary>
internal static class Visible
{
    public static string Line(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && text.All(letter => !IsUnseen(letter))
        ? text
        : string.Concat(text.Select(letter => letter is '\n' or '\t' or '\r' ? ' ' : IsUnseen(letter) ? '\ufffd' : letter));

    /// <summary>At most so many characters; what is cut is marked.</summary>
    public static string Short(string text, int most) => Line(text) is var line && line.Length <= most ? line : $"{line[..(most - 1)]}…";

    private static bool IsUnseen(char letter) => char.IsControl(letter) || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
