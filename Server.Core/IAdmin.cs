using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core;

/// <summary>The one door to the engine, for pages, REST, gRPC and hubs alike.</summary>
public interface IAdmin
{
    /// <summary>What pages show; at most ten versions a second.</summary>
    Feed<ReadModel> Views { get; }

    /// <summary>What the engine knows; a version per commit.</summary>
    Feed<AdminState> States { get; }

    /// <summary>What happened to jobs of late, event by event.</summary>
    JobJournal Journal { get; }

    IAdminHistory History { get; }

    /// <summary>
    /// Waits for the commit. Whoever may not: PermissionDenied. When the store refuses writes, or the inbox is full: Unavailable.
    /// Nothing happened in both cases.
    /// </summary>
    Task<Reply<T>> SendAsync<T>(Command<T> command, CancellationToken cancellationToken);

    /// <summary>Why a job is not running, by every rule of dispatch; null when it does not wait.</summary>
    WaitingExplanation? Explain(JobId job);

    /// <summary>Why jobs of many are not running, as of now; for one list, then to be let go.</summary>
    WaitingReasons Reasons();

    /// <summary>In back-off: starts it now. Ended: submits a new job like it, linked both ways; whoever may not submit may not do that either.</summary>
    Task<Reply<Job>> RetryAsync(Actor by, JobId job, CancellationToken cancellationToken, RetryChanges? changes = null);
}

/// <summary>The way in for worker streams; waits while the inbox is full, which holds the stream's reader back.</summary>
public interface IWorkerInbox
{
    /// <summary>A number no session had before.</summary>
    SessionId NextSession();

    /// <summary>Proposals also wait for their commit, so that no stream ever fills the inbox with them.</summary>
    ValueTask PostAsync(WorkerInput input, CancellationToken cancellationToken);

    /// <summary>Does not wait. False: there is no room, and it goes unsaid.</summary>
    bool TryNote(SecretsLost lost);
}
