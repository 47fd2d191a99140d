using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace BlazorPluginAdmin.App.Rest;

/// <summary>JSON as existing clients know it: proto messages with their own field names and all fields, our objects in snake_case.</summary>
public static class WireJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,

        // Of two values of one name nobody knows which was meant.
        AllowDuplicateProperties = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcInstant() },
    };

    private static readonly JsonFormatter Whole = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));
    private static readonly JsonFormatter Sparse = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Snake or camel case, unknown fields ignored.</summary>
    /// <exception cref="InvalidProtocolBufferException">Not JSON of that message.</exception>
    public static T Parse<T>(string json)
        where T : IMessage<T>, new() => Parser.Parse<T>(json);

    public static IResult Proto(IMessage message, int status = StatusCodes.Status200OK) => Json(Node(message, whole: true), status);

    /// <summary>A message as an object: whole, with null for messages that are not set, or without what is not set.</summary>
    public static JsonNode Node(IMessage message, bool whole)
    {
        var node = JsonNode.Parse((whole ? Whole : Sparse).Format(message))!;
        if (whole)
        {
            AddNulls(message, node);
        }

        return node;
    }

    public static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, Options, statusCode: status);

    public static IResult Error(int status, string text) => Json(new { error = text, code = CodeOf(status) }, status);

    /// <summary>The word for programs that goes with a status; refusals of the engine bring their own.</summary>
    public static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "invalid",
        StatusCodes.Status403Forbidden => "permission_denied",
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status409Conflict => "wrong_state",
        StatusCodes.Status429TooManyRequests => "exhausted",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        < StatusCodes.Status500InternalServerError => "invalid",
        _ => "internal",
    };

    /// <summary>Absent when zero, as Go's omitempty.</summary>
    public static T? Some<T>(T value)
        where T : struct => EqualityComparer<T>.Default.Equals(value, default) ? null : value;

    public static string? Some(string value) => value.Length == 0 ? null : value;

    public static IReadOnlyList<T>? Some<T>(IEnumerable<T> values) => values.ToList() is { Count: > 0 } list ? list : null;

    /// <summary>Existing clients know a message that is not set as null; the formatter leaves it out.</summary>
    private static void AddNulls(IMessage message, JsonNode? node)
    {
        if (node is not JsonObject json)
        {
            return; // Times and durations are texts.
        }

        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(field => field.FieldType == FieldType.Message))
        {
            switch (field.Accessor.GetValue(message))
            {
                case IDictionary map:
                    foreach (var key in map.Keys.OfType<string>().Where(key => map[key] is IMessage))
                    {
                        AddNulls((IMessage)map[key]!, json[field.Name]![key]);
                    }

                    break;
                case IList list:
                    for (var n = 0; n < list.Count; n++)
                    {
                        AddNulls((IMessage)list[n]!, json[field.Name]![n]);
                    }

                    break;
                case IMessage inner:
                    AddNulls(inner, json[field.Name]);
                    break;
                case null when field.ContainingOneof is null:
                    json[field.Name] = null;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>RFC 3339 with a Z, as existing clients get it; "+00:00" is the same to a parser but not to a person who compares.</summary>
    private sealed class UtcInstant : JsonConverter<DateTimeOffset>
    {
        /// <summary>Without an offset it is UTC, wherever the admin runs.</summary>
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTime() is { Kind: DateTimeKind.Unspecified } bare ? new DateTimeOffset(bare, TimeSpan.Zero) : reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture));
    }
}
