using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Services;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Rest;

/// <summary><c>JobFilter</c> of the contract as JSON: its field names, instants as RFC 3339, states as everywhere in this API.</summary>
internal static class FilterJson
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);

    /// <exception cref="Grpc.Transport.RpcException">It cannot be read; a misspelt member is an error, for what it was to exclude would be found.</exception>
    public static V1.JobFilter Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ClientErrors.Invalid("filter", "filter is one JSON object, as JobFilter of the contract");
        }

        var filter = JsonObject.Create(json)!;

        // On the wire an empty text is one that is left out; here it is seen, and what it was to exclude would be found.
        if (json.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("")).Select(member => member.Name).FirstOrDefault() is { } empty)
        {
            throw ClientErrors.Invalid("filter", $"{empty} is empty; leave it out, or say which");
        }

        foreach (var key in (string[])["states", "not_states", "notStates"])
        {
            if (filter[key] is { } given)
            {
                filter[key] = given is JsonArray states
                    ? new JsonArray([.. states.Select(state => (JsonNode?)JsonValue.Create(WireName(state, key)))])
                    : throw ClientErrors.Invalid(key, $"{key} is a list, as in [\"failed\"]");
            }
        }

        // One after the other, so that the one that cannot be read is named.
        var read = new V1.JobFilter();
        foreach (var (name, value) in filter)
        {
            try
            {
                read.MergeFrom(Parser.Parse<V1.JobFilter>(new JsonObject { [name] = value?.DeepClone() }.ToJsonString()));
            }
            catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException)
            {
                throw ClientErrors.Invalid("filter", $"filter cannot be read: {(Kind(name) is { } kind ? $"{name} is {kind}" : exception.Message)}");
            }
        }

        return read;
    }

    /// <summary>What a member of that name is, for people; null: there is none.</summary>
    private static string? Kind(string name) => V1.JobFilter.Descriptor.Fields.InFieldNumberOrder().FirstOrDefault(field => field.Name == name || field.JsonName == name) switch
    {
        null => null,
        { IsMap: true } => """an object of texts, as {"env":"ci"}""",
        { IsRepeated: true } => "a list of texts",
        { FieldType: FieldType.Message } => "an instant like 2026-01-02T10:00:00Z",
        { FieldType: FieldType.Int32 } => "a number",
        _ => "a text",
    };

    private static string WireName(JsonNode? state, string key) =>
        state?.GetValueKind() == JsonValueKind.String && JobLists.ParseState(state.GetValue<string>()) is { } known
            ? $"JOB_STATE_{known.ToString().ToUpperInvariant()}"
            : throw ClientErrors.Invalid(key, $"{key} has pending, assigned, running, succeeded, failed, canceled; not {state?.ToJsonString() ?? "null"}");
}
