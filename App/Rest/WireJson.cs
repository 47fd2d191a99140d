using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Google.Protobuf;

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
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonFormatter Whole = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithFormatDefaultValues(true));
    private static readonly JsonFormatter Sparse = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>Snake or camel case, unknown fields ignored.</summary>
    /// <exception cref="InvalidProtocolBufferException">Not JSON of that message.</exception>
    public static T Parse<T>(string json)
        where T : IMessage<T>, new() => Parser.Parse<T>(json);

    public static IResult Proto(IMessage message, int status = StatusCodes.Status200OK) =>
        Results.Text(Whole.Format(message), "application/json", statusCode: status);

    /// <summary>A message inside an object of ours; unset fields are left out.</summary>
    public static JsonNode Node(IMessage message, bool whole = false) => JsonNode.Parse((whole ? Whole : Sparse).Format(message))!;

    public static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, Options, statusCode: status);

    public static IResult Error(int status, string text) => Json(new { error = text }, status);

    /// <summary>Absent when zero, as Go's omitempty.</summary>
    public static T? Some<T>(T value)
        where T : struct => EqualityComparer<T>.Default.Equals(value, default) ? null : value;

    public static string? Some(string value) => value.Length == 0 ? null : value;
}
