using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Compatibility.Tests;

/// <summary>What a detection answers: batches of proposals, or an error.</summary>
public sealed record DetectionScript(IReadOnlyList<IReadOnlyList<JobProposal>> Batches, string Error = "", bool Progress = false)
{
    public static DetectionScript Fails(string error) => new([], error);

    public static DetectionScript Finds(params JobProposal[] proposals) => new([proposals]);

    public JsonObject ToJson() => new()
    {
        ["batches"] = new JsonArray([.. Batches.Select((batch, index) => (JsonNode)ForeignWorker.Encoded(new WorkerToAdminMessage
        {
            DetectionProposals = new DetectionProposals { Proposals = { batch }, HasMore = index < Batches.Count - 1 },
        }))]),
        ["error"] = Error,
        ["progress"] = Progress,
    };
}

/// <summary>How a foreign worker introduces itself and behaves. Detections and jobs without a script are held until the test answers.</summary>
public sealed record WorkerScript
{
    /// <summary>Null: the player's own name.</summary>
    public string? Id { get; init; }

    public string? InstanceId { get; init; }

    public IReadOnlyList<JobTypeCapability> Capabilities { get; init; } = [];

    /// <summary>By job type; a type without one gets a failure, or silence.</summary>
    public IReadOnlyDictionary<string, JobTypeDescriptor> Descriptors { get; init; } = new Dictionary<string, JobTypeDescriptor>();

    public IReadOnlyDictionary<string, DetectionScript> Detections { get; init; } = new Dictionary<string, DetectionScript>();

    public int DetectSlots { get; init; } = 1;

    public int ExecuteSlots { get; init; } = 4;

    /// <summary>Goes on with what it was asked to stop.</summary>
    public bool Stubborn { get; init; }

    /// <summary>Answers no question for a descriptor.</summary>
    public bool Mute { get; init; }

    /// <summary>Between its own heartbeats; null: the player's own. By default none come but those of the test: the admin's clock stands still meanwhile.</summary>
    public TimeSpan? Rhythm { get; init; } = TimeSpan.FromHours(1);

    /// <summary>From the end of its stream until it dials again; null: the player's own, next to nothing.</summary>
    public TimeSpan? Pause { get; init; }

    /// <summary>In place of a hello; such a worker dials once.</summary>
    public WorkerToAdminMessage? First { get; init; }

    public static JobTypeCapability Both(string type) => new() { JobType = type, CanDetect = true, CanExecute = true };

    /// <summary>Detects and executes these types, and describes them.</summary>
    public static WorkerScript For(params string[] types) => new()
    {
        Capabilities = [.. types.Select(Both)],
        Descriptors = types.ToDictionary(type => type, type => Build.Descriptor(type)),
    };

    public JsonObject Options(string admin, string id)
    {
        var options = new JsonObject
        {
            ["admin"] = admin,
            ["id"] = id,
            ["capabilities"] = new JsonArray([.. Capabilities.Select(Offered)]),
            ["detectSlots"] = DetectSlots,
            ["executeSlots"] = ExecuteSlots,
            ["stubborn"] = Stubborn,
            ["mute"] = Mute,
            ["descriptors"] = new JsonObject(Descriptors.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Described(pair.Value)))),
            ["detections"] = new JsonObject(Detections.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ToJson()))),
        };
        if (InstanceId is not null)
        {
            options["instanceId"] = InstanceId;
        }

        if (Rhythm is { } rhythm)
        {
            options["heartbeatMs"] = rhythm.TotalMilliseconds;
        }

        if (Pause is { } pause)
        {
            options["reconnectMs"] = pause.TotalMilliseconds;
        }

        if (First is not null)
        {
            options["first"] = ForeignWorker.Encoded(First);
        }

        return options;
    }

    private static JsonNode Offered(JobTypeCapability one)
    {
        var offered = new JsonObject
        {
            ["job_type"] = one.JobType,
            ["can_detect"] = one.CanDetect,
            ["can_execute"] = one.CanExecute,
            ["display_name"] = one.DisplayName,
            ["weight"] = one.Weight,
        };
        if (one.MaxExecutionConcurrency > 0)
        {
            offered["max_execution_concurrency"] = one.MaxExecutionConcurrency;
        }

        return offered;
    }

    public static string Described(JobTypeDescriptor descriptor) =>
        ForeignWorker.Encoded(new WorkerToAdminMessage { ConfigSchemaResponse = new ConfigSchemaResponse { JobTypeDescriptor = descriptor } });
}
