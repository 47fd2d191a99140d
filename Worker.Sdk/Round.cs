namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>From one start to the end of its session, or to its failure.</summary>
internal sealed class Round
{
    /// <summary>Cancelled when the start is to fail. Never disposed: a stop may come at any time, and it holds nothing.</summary>
    public CancellationTokenSource Starting { get; } = new();

    /// <summary>Cancelled when the drain under way is to be cut. Never disposed, as above.</summary>
    public CancellationTokenSource Hurry { get; } = new();

    /// <summary>The start has succeeded or failed.</summary>
    public TaskCompletionSource Decided { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The session is over and reset; null when the start failed.</summary>
    public TaskCompletionSource<RunResult?> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>OnClose has been told.</summary>
    public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkerStream? Stream { get; set; }

    public SessionSnapshot? Session { get; set; }

    /// <summary>The one drain of the session, whoever asked for it first; null: nobody has.</summary>
    public Task? Drain { get; set; }
}
