using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorPluginAdmin.Cli.Text;

namespace BlazorPluginAdmin.Cli;

/// <summary>
/// Parameters as one JSON object. A text goes in an envelope that says it is text, so that the form of the job type converts it;
/// one that is an object or array of JSON goes as a bare text, which the admin reads as what the field wants. The same name several times is a list.
/// </summary>
internal sealed class JobParameters
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, Action<Utf8JsonWriter>> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.Ordinal);

    /// <summary>Those of a command; none without words.</summary>
    public static JobParameters Of(IReadOnlyList<string> words)
    {
        var parameters = new JobParameters();
        if (words.Count > 0)
            parameters.Text("command", words[0]);
        if (words.Count > 1)
            parameters.Texts("args", words.Skip(1));
        return parameters;
    }

    public void Json(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw ToolException.Usage("--params: a JSON object is wanted");
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var value = member.Value.Clone();
                _values[member.Name] = value.WriteTo;
            }
        }
        catch (JsonException exception)
        {
            throw ToolException.Usage($"--params: not JSON: {exception.Message}");
        }
    }

    public void Text(string name, string value)
    {
        if (!_texts.TryGetValue(name, out var texts))
            _texts[name] = texts = [];
        texts.Add(value);
        _values[name] = texts.Count == 1
            ? writer => One(writer, value)
            : writer => List(writer, texts);
    }

    public void Texts(string name, IEnumerable<string> values)
    {
        List<string> texts = [.. values];
        _values[name] = writer => List(writer, texts);
    }

    public void Pair(string pair)
    {
        var (name, value) = Pairs.Split(pair, "--param");
        Text(name, value);
    }

    /// <summary>Text where the bytes are UTF-8, so that it also fits a field of text; otherwise bytes.</summary>
    public void Bytes(string name, byte[] content)
    {
        try
        {
            var text = Strict.GetString(content);
            _values[name] = writer => Envelope(writer, "string_value", text);
        }
        catch (DecoderFallbackException)
        {
            _values[name] = writer => Envelope(writer, "bytes_value", Convert.ToBase64String(content));
        }
    }

    /// <summary>Empty when nothing was given.</summary>
    public string Write()
    {
        if (_values.Count == 0)
            return "";
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 }))
        {
            writer.WriteStartObject();
            foreach (var (name, write) in _values)
            {
                writer.WritePropertyName(name);
                write(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void One(Utf8JsonWriter writer, string value)
    {
        if (IsJson(value))
            writer.WriteStringValue(value);
        else
            Envelope(writer, "string_value", value);
    }

    private static bool IsJson(string value)
    {
        if (!value.StartsWith('{') && !value.StartsWith('['))
            return false;
        try
        {
            using var document = JsonDocument.Parse(value);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Envelope(Utf8JsonWriter writer, string kind, string value)
    {
        writer.WriteStartObject();
        writer.WriteString(kind, value);
        writer.WriteEndObject();
    }

    private static void List(Utf8JsonWriter writer, List<string> values)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("string_list");
        writer.WriteStartArray("values");
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
