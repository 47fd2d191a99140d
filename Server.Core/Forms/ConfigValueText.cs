using System.Collections.Immutable;
using System.Globalization;

namespace BlazorPluginAdmin.Server.Core.Forms;

/// <summary>Values as text: the exact form that comparisons use, and the short form that people read in tables.</summary>
public static class ConfigValueText
{
    /// <summary>The whole value; scalars read back to the same value, lists are joined by commas.</summary>
    public static string Exact(ConfigValue? value) => value switch
    {
        null or ConfigValue.None => "",
        ConfigValue.Bool flag => flag.Value ? "true" : "false",
        ConfigValue.Int64 number => number.Value.ToString(CultureInfo.InvariantCulture),
        ConfigValue.Double number => Number(number.Value),
        ConfigValue.Text text => text.Value,
        ConfigValue.Bytes bytes => Convert.ToBase64String(bytes.Value.AsSpan()),
        ConfigValue.Duration duration => DurationText.Format(duration),
        ConfigValue.Map map => PlainJson.Write(map),
        _ => string.Join(", ", FieldKinds.ElementsOf(value).Select(Exact)),
    };

    /// <summary>One line for a table cell or a message.</summary>
    public static string Short(ConfigValue? value, int length = 120) => value switch
    {
        null or ConfigValue.None => "not set",
        ConfigValue.Text { Value.Length: 0 } => "empty",
        ConfigValue.Bytes bytes => Size(bytes.Value.Length),
        ConfigValue.Map { Fields.Count: 0 } => "empty object",
        _ when FieldKinds.IsList(value.Kind) && FieldKinds.IsEmpty(value) => "empty list",
        _ => Cut(Exact(value), length),
    };

    /// <summary>What stands where a secret would.</summary>
    public static string Secret(ConfigValue? value) => FieldKinds.IsEmpty(value) ? "not set" : "set";

    public static string Size(long bytes)
    {
        if (bytes < 1024)
            return bytes == 1 ? "1 byte" : $"{bytes} bytes";
        ImmutableArray<string> units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var size = bytes / 1024.0;
        var unit = 0;
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    /// <summary>The shortest text that reads back to the same number.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Cut(string text, int length)
    {
        var line = text.ReplaceLineEndings("⏎");
        if (line.Length <= length)
            return line;
        var end = char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1;
        return string.Concat(line.AsSpan(0, end), "…");
    }
}
