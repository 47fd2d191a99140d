using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Services;
using Google.Protobuf;
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
        foreach (var key in (string[])["states", "not_states", "notStates"])
        {
            if (filter[key] is JsonArray states)
            {
                filter[key] = new JsonArray([.. states.Select(state => (JsonNode?)JsonValue.Create(WireName(state, key)))]);
            }
        }

        try
        {
            return Parser.Parse<V1.JobFilter>(filter.ToJsonString());
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException)
        {
            throw ClientErrors.Invalid("filter", $"filter cannot be read: {exception.Message}");
        }
    }

    private static string WireName(JsonNode? state, string key) =>
        state?.GetValueKind() == JsonValueKind.String && JobLists.ParseState(state.GetValue<string>()) is { } known
            ? $"JOB_STATE_{known.ToString().ToUpperInvariant()}"
            : throw ClientErrors.Invalid(key, $"{key} has pending, assigned, running, succeeded, failed, canceled; not {state?.ToJsonString() ?? "null"}");
}
