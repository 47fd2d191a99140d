using System.Collections.Immutable;
using System.Text.Json;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>Members of their JSON, whatever kind they are: what is not as it should be is absent.</summary>
internal static class WeedJson
{
    public static string Text(this JsonElement json, string name, int most = WireLimits.ShortText) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text && Unescaped(text) is { } letters ? WireLimits.Cut(letters, most) : "";

    public static double Number(this JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var value) && double.IsFinite(value) ? value : 0;

    /// <summary>A time of this era; Go writes the year 1 for "never".</summary>
    public static DateTimeOffset? Time(this JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var at) && at.Year >= 1970 ? at.ToUniversalTime() : null;

    public static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : default;

    public static IEnumerable<JsonElement> Items(this JsonElement json) => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

    public static ImmutableSortedDictionary<string, string> Texts(this JsonElement json, string name)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var member in Member(json, name) is { ValueKind: JsonValueKind.Object } labels ? labels.EnumerateObject().Take(WireLimits.Labels) : [])
        {
            if (member.Value.ValueKind == JsonValueKind.String && Unescaped(member.Value) is { } text)
            {
                texts[WireLimits.Cut(member.Name, WireLimits.LabelValue)] = WireLimits.Cut(text, WireLimits.LabelValue);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>Values in envelopes, as workers send them. Absent ones are none and well.</summary>
    public static ConfigValues? Values(this JsonElement json, string name, int most, out string error)
    {
        error = "";
        var member = Member(json, name);
        if (member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return ConfigValues.Empty;
        }

        try
        {
            if (!ConfigValueJson.TryRead(member, out ConfigValues? values, out error))
            {
                return null;
            }

            error = values.Count > WireLimits.Values ? $"{values.Count} values, {WireLimits.Values} are the most" : ConfigValueSize.Of(values) > most ? $"larger than {most} characters" : "";
            return error.Length == 0 ? values : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // Half of a surrogate pair, written as an escape, is JSON and yet no text.
            error = exception.Message;
            return null;
        }
    }

    /// <summary>Details of an activity: envelopes from workers, plain JSON from the admin; left out with a word when neither.</summary>
    public static ConfigValues Details(this JsonElement json)
    {
        var details = Member(json, "details");
        if (details.ValueKind != JsonValueKind.Object)
        {
            return ConfigValues.Empty;
        }

        if (Values(json, "details", WireLimits.DetailsSize, out _) is { } enveloped && enveloped.Values.All(value => value is not ConfigValue.None))
        {
            return enveloped;
        }

        try
        {
            if (PlainJson.TryRead(details, out var plain, out _) && plain is ConfigValue.Map { Fields: var fields } && ConfigValueSize.Of(fields) <= WireLimits.DetailsSize)
            {
                return fields;
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            // As above: left out with a word.
        }

        return ConfigValues.Empty.With("left_out", new ConfigValue.Text("details that are too large or no values"));
    }

    private static string? Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
