using System.Text.Json;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.App.Services;

/// <summary>A JSON object in a field of a message → values of the kinds that a form has.</summary>
internal static class ClientJson
{
    /// <param name="source">The field of the message.</param>
    public static ConfigValues Read(string json, string source, FormSchema form, FormKind kind)
    {
        var (values, errors) = ParametersJson.Read(form, kind, Parse(json, source));
        return errors.IsEmpty ? values : throw ClientErrors.From(new Refusal(RefusalCode.Invalid, "some values cannot be read", errors));
    }

    public static JsonElement Parse(string json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            return !JsonText.IsText(document.RootElement) ? throw ClientErrors.Invalid(source, $"{source}: {JsonText.NoText}")
                : document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : throw ClientErrors.Invalid(source, $"{source} is one JSON object");
        }
        catch (JsonException exception)
        {
            throw ClientErrors.Invalid(source, $"{source} is not JSON: {exception.Message}");
        }
    }
}
