using System.Collections.Frozen;
using System.Net;
using System.Text.RegularExpressions;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>
/// The closed list of named checks. Only what the text itself tells is checked here; whether a directory exists is for the worker to say,
/// because the admin runs on another machine.
/// </summary>
internal static partial class CustomChecks
{
    private static readonly FrozenSet<string> Names =
        new[] { "absolute_path", "safe_root", "glob", "http_url", "env_names", "header_map", "cidr" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The check's verdict on one text; null when it passes.</summary>
    public static string? Text(string name, string value) => name switch
    {
        "absolute_path" => RootPaths.AbsolutePath(value),
        "safe_root" => RootPaths.SafeRoot(value),
        "glob" => Glob(value),
        "http_url" => HttpUrl(value),
        "env_names" => EnvironmentName(value),
        "header_map" => HeaderName(value),
        "cidr" => Network(value),
        _ => null,
    };

    /// <summary>Environment and headers are objects: their keys are names, their values plain text.</summary>
    public static string? Entry(string name, string key, ConfigValue value) => name switch
    {
        "env_names" => EnvironmentName(key) ?? (IsScalar(value) ? null : "must be a plain value"),
        "header_map" => HeaderName(key) ?? HeaderValue(value),
        _ => value is ConfigValue.Text text ? Text(name, text.Value) : null,
    };

    /// <summary>Names another field of the form behind it: numbers that mean "none" when they are 0, of which one is needed.</summary>
    public const string NotBothZero = "not_both_zero:";

    public static bool IsKnown(string name) => Names.Contains(name) || (name.Length > NotBothZero.Length && name.StartsWith(NotBothZero, StringComparison.Ordinal));

    /// <summary>The verdict of <see cref="NotBothZero"/> on a field and the other one; null when it passes, or when one of them is not there.</summary>
    public static string? Together(string name, FieldSchema field, FieldSchema? other, ConfigValues values) =>
        name.StartsWith(NotBothZero, StringComparison.Ordinal) && other is not null && IsZero(values.Find(field.Name)) && IsZero(values.Find(other.Name))
            ? $"{field.Caption} and {other.Caption} must not both be 0"
            : null;

    private static bool IsZero(ConfigValue? value) => value is ConfigValue.Int64 { Value: 0 } or ConfigValue.Double { Value: 0 };

    private static bool IsScalar(ConfigValue value) => value.Kind is >= ConfigKind.Bool and <= ConfigKind.Duration;

    private static string? Glob(string value)
    {
        if (value.Length is 0 or > 1_000 || value.Contains('\0', StringComparison.Ordinal))
            return "is not a pattern of 1 to 1,000 characters";
        if (value.Split('/', '\\').Contains(".."))
            return "must not climb up with ..";
        return Balanced(value, '[', ']') && Balanced(value, '{', '}') ? null : "has a bracket that is not closed";
    }

    private static bool Balanced(string value, char open, char close)
    {
        var depth = 0;
        foreach (var letter in value)
        {
            depth += letter == open ? 1 : letter == close ? -1 : 0;
            if (depth < 0)
                return false;
        }
        return depth == 0;
    }

    private static string? Network(string value)
    {
        if (!IPNetwork.TryParse(value, out var network))
            return "is not a network such as 10.0.0.0/8";
        // Whoever writes 10.0.0.1/8 means either one address or all of them; guessing wrong opens or closes too much.
        return IPAddress.Parse(value.AsSpan(0, value.IndexOf('/', StringComparison.Ordinal))).Equals(network.BaseAddress)
            ? null
            : $"has bits behind its prefix; did you mean {network}?";
    }

    private static string? HttpUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 && !value.Any(char.IsWhiteSpace)
            ? null
            : "is not an http or https address";

    private static string? EnvironmentName(string name)
    {
        if (!NamePattern().IsMatch(name))
            return "is not a variable name (letters, digits, underscore)";
        return name.StartsWith("PLUGIN_", StringComparison.Ordinal) || name.StartsWith("JOB_", StringComparison.Ordinal)
            ? "is reserved: PLUGIN_ and JOB_ belong to the worker"
            : null;
    }

    private static string? HeaderName(string name) => HeaderPattern().IsMatch(name) ? null : "is not a header name";

    private static string? HeaderValue(ConfigValue value)
    {
        if (!IsScalar(value))
            return "must be a plain value";
        return ConfigValueText.Exact(value).AsSpan().ContainsAny('\r', '\n', '\0') ? "must stay on one line" : null;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")]
    private static partial Regex HeaderPattern();
}
