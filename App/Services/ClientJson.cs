using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.App.Services;

/// <summary>A JSON object → values, of the kinds that the fields of a form have; a text stands for any kind it can be read as.</summary>
internal static class ClientJson
{
    /// <param name="formOf">The form that has a field of that name; null: none, the value's own kind stays.</param>
    public static ConfigValues Read(string json, string source, Func<string, FormSchema?> formOf)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        }
        catch (JsonException exception)
        {
            throw ClientErrors.Invalid(source, $"{source} is not JSON: {exception.Message}");
        }

        using (document)
        {
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? ConfigValues.From(document.RootElement.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, Value(member, source, formOf(member.Name)))).ToList())
                : throw ClientErrors.Invalid(source, $"{source} is a JSON object, one member a parameter");
        }
    }

    private static ConfigValue Value(JsonProperty member, string source, FormSchema? form)
    {
        if (form?.Fields.FirstOrDefault(field => field.Name == member.Name) is not { } field)
        {
            return PlainJson.TryRead(member.Value, out var free, out var problem) ? free : throw ClientErrors.Invalid(source, $"{member.Name}: {problem}");
        }

        return PlainJson.TryRead(field, form.Defaults.Find(member.Name), member.Value, out var value, out var error) || Spelled(field, form, member.Value, out value)
            ? value!
            : throw ClientErrors.Invalid(member.Name, $"{member.Name}: {error}");
    }

    /// <summary>A command line has only texts: <c>true</c> and <c>["a"]</c> are what they read as.</summary>
    private static bool Spelled(FieldSchema field, FormSchema form, JsonElement text, out ConfigValue? value)
    {
        value = null;
        if (text.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            using var spelled = JsonDocument.Parse(text.GetString()!);
            return PlainJson.TryRead(field, form.Defaults.Find(field.Name), spelled.RootElement, out value, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
