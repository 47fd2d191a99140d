namespace BlazorPluginAdmin.Cli.Text;

/// <summary>Arguments of the form <c>name=value</c>.</summary>
internal static class Pairs
{
    /// <exception cref="ToolException">Not of that form.</exception>
    public static (string Name, string Value) Split(string pair, string what)
    {
        var at = pair.IndexOf('=', StringComparison.Ordinal);
        return at > 0 ? (pair[..at], pair[(at + 1)..]) : throw ToolException.Usage($"{what} {pair}: write NAME=VALUE");
    }

    /// <summary>The last of several with the same name counts.</summary>
    public static void Fill(IDictionary<string, string> target, IEnumerable<string>? pairs, string what)
    {
        foreach (var pair in pairs ?? [])
        {
            var (name, value) = Split(pair, what);
            target[name] = value;
        }
    }
}
