using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Store;

/// <summary>Rows that are read and written whole, as JSON: workers, detections, schedules, proposals.</summary>
internal static class Bodies
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters =
        {
            new TextConverter<JobId>(text => new JobId(text), id => id.Value),
            new TextConverter<WorkerId>(text => new WorkerId(text), id => id.Value),
            new TextConverter<RequestId>(text => new RequestId(text), id => id.Value),
            new TextConverter<ScheduleId>(text => new ScheduleId(text), id => id.Value),
            new TextConverter<SessionId>(_ => default, _ => ""),
            new ValuesConverter(),
        },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { WithoutMomentary } },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public static string Write<T>(T body) => JsonSerializer.Serialize(body, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;

    /// <summary>What means nothing after a restart is not written: sessions, stamps, keys of a run under way.</summary>
    private static void WithoutMomentary(JsonTypeInfo type)
    {
        string[] left = type.Type == typeof(Detection)
            ? [nameof(Detection.SeenKeys), nameof(Detection.Override), nameof(Detection.WakeAt), nameof(Detection.Deadline), nameof(Detection.Session), nameof(Detection.IsOpen), nameof(Detection.IsSent), nameof(Detection.WindowEnds), nameof(Detection.TracedSize)]
            : type.Type == typeof(Worker) ? [nameof(Worker.Session)]
            : type.Type == typeof(DetectionCounts) ? [nameof(DetectionCounts.Open)]
            : [];
        for (var n = type.Properties.Count - 1; n >= 0; n--)
        {
            if (left.Contains(type.Properties[n].Name))
            {
                type.Properties.RemoveAt(n);
            }
        }
    }

    private sealed class TextConverter<T>(Func<string, T> read, Func<T, string> write) : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => read(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }

    private sealed class ValuesConverter : JsonConverter<ConfigValues>
    {
        public override ConfigValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return ConfigValueJson.Parse(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, ConfigValues value, JsonSerializerOptions options) => ConfigValueJson.Write(writer, value);
    }
}
