using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>The live stream as the runner sees it.</summary>
internal interface IWorkerSession
{
    /// <summary>The admin agreed to extensions, so it is one of ours.</summary>
    bool IsOurs { get; }

    /// <summary>Nothing that is sent now arrives.</summary>
    bool IsOver { get; }

    /// <summary>The admin keeps output.</summary>
    bool TakesOutput { get; }

    /// <summary>The admin confirms completions.</summary>
    bool Acknowledges { get; }

    /// <summary>The admin keeps the leases of work while the stream is away.</summary>
    bool Resumes { get; }

    void Acknowledge(string requestId, bool accepted, string message);

    /// <summary>Queues a message; what the attempt still has to say goes before it.</summary>
    void Send(WorkerToAdminMessage message, RunningAttempt? after = null);

    /// <summary>Completes when the message is on its way; what the attempt still has to say goes before it.</summary>
    ValueTask SendAsync(WorkerToAdminMessage message, CancellationToken cancellationToken, RunningAttempt? after = null);

    /// <summary>There is something to report.</summary>
    void Wake();

    /// <summary>Work began or ended, or a slot changed hands.</summary>
    void WorkChanged();
}
