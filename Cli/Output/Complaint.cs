using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorPluginAdmin.Cli.Text;

namespace BlazorPluginAdmin.Cli.Output;

/// <summary>Why a verb did not do what was asked: text, or an object for scripts.</summary>
internal static class Complaint
{
    public static void Write(TextWriter writer, ToolException refused, bool isJson)
    {
        if (isJson)
        {
            writer.WriteLine(Json(refused));
            return;
        }

        writer.WriteLine($"pluginctl: {Visible.Line(refused.Message)}");
        foreach (var field in refused.Fields.Where(field => !refused.Message.Contains(field.Message, StringComparison.Ordinal)))
            writer.WriteLine(Visible.Line($"  {field.Field}: {field.Message}"));
    }

    private static string Json(ToolException refused)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("error", refused.Message);
            json.WriteString("code", refused.Code);
            json.WriteStartArray("fields");
            foreach (var field in refused.Fields)
            {
                json.WriteStartObject();
                json.WriteString("form", field.Form);
                json.WriteString("field", field.Field);
                json.WriteString("rule", field.Rule);
                json.WriteString("message", field.Message);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
