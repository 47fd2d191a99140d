namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>What a scripted <c>weed admin</c> is started with. Times are seconds; the defaults are upstream's, but for the back-off.</summary>
internal sealed record WeedSettings
{
    /// <summary>Silence, but for hello and heartbeat, after which a worker is hidden.</summary>
    public double StaleAfter { get; init; } = 120;

    /// <summary>What the hello asks for. Nobody upstream heeds it.</summary>
    public int HeartbeatInterval { get; init; } = 30;

    /// <summary>What the hello asks for. Nobody upstream heeds it.</summary>
    public int ReconnectDelay { get; init; } = 5;

    /// <summary>How long a schema may take.</summary>
    public double SchemaTimeout { get; init; } = 20;

    /// <summary>Shortest time an attempt gets. Below 90, it is also the longest, so that a test need not wait.</summary>
    public double ExecutionFloor { get; init; } = 90;

    /// <summary>The time of a first attempt begins with its first progress, so that its handler has begun; upstream with the request.</summary>
    public bool TimedFromProgress { get; init; }

    /// <summary>Pause between attempts; upstream 5.</summary>
    public double RetryBackoff { get; init; } = 0.05;

    /// <summary>Whether it says hello at all.</summary>
    public bool Hello { get; init; } = true;

    /// <summary>Whether schemas that are not stored are asked for on connect.</summary>
    public bool Prefetch { get; init; } = true;

    /// <summary>The worker port is the HTTP port and 10,000.</summary>
    public bool Pair { get; init; }

    /// <summary>0: any.</summary>
    public int Http { get; init; }

    /// <summary>0: any.</summary>
    public int Grpc { get; init; }
}

/// <summary>One job as the scripted admin keeps it.</summary>
internal sealed record WeedJob(string JobId, string JobType, string State, string Error, IReadOnlyList<string> Requests, double Progress);

/// <summary>What one scheduled run came to.</summary>
internal sealed record WeedRun(bool Disabled, string? DetectionError, IReadOnlyList<WeedJob> Jobs, int SkippedActive, IReadOnlyList<WeedJob> Cleared);

/// <summary>What one detection came to.</summary>
internal sealed record WeedDetection(string RequestId, string DetectionError, IReadOnlyList<byte[]> Proposals, IReadOnlyList<bool> HasMore);

/// <summary>One worker as the scripted admin lists it.</summary>
internal sealed record WeedWorker(string WorkerId, IReadOnlyList<string> JobTypes, int Used, int Total);
