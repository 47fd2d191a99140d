using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>The session there is right now, for work that outlives sessions.</summary>
internal sealed class CurrentSession
{
    private volatile IWorkerSession? _live;
    private volatile bool _keepsResults;
    private TaskCompletionSource _next = NewNext();

    /// <summary>Null: the stream is away.</summary>
    public IWorkerSession? Live => _live;

    /// <summary>Results are kept until they are confirmed. Without a session, the last one decides: whoever never acknowledges would have them kept for ever.</summary>
    public bool KeepsResults => _keepsResults;

    public void Attach(IWorkerSession session)
    {
        _keepsResults = session.Acknowledges;
        _live = session;
        Interlocked.Exchange(ref _next, NewNext()).SetResult();
    }

    public void Detach() => _live = null;

    /// <summary>While the stream is away, what comes back with it is waited for.</summary>
    public async Task<IWorkerSession> NextAsync(CancellationToken canceled)
    {
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (_live is { IsOver: false } session)
            {
                return session;
            }

            await next.WaitAsync(canceled).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when these proposals are on their way, under this session or another one.</summary>
    public async Task ProposeAsync(WorkerToAdminMessage proposals, CancellationToken canceled)
    {
        while (true)
        {
            var session = await NextAsync(canceled).ConfigureAwait(false);
            try
            {
                await session.SendAsync(proposals, canceled).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (session.IsOver && !canceled.IsCancellationRequested)
            {
                // They may have arrived all the same; the admin knows a proposal by its id.
            }
        }
    }

    /// <summary>
    /// The last word of an attempt, after what else that has to say. Completes when it is on its way, under this session or another
    /// one; while the stream is away, only as long as nobody has cancelled the attempt.
    /// </summary>
    public async Task SayAsync(WorkerToAdminMessage last, RunningAttempt attempt)
    {
        while (true)
        {
            IWorkerSession session;
            try
            {
                session = await NextAsync(attempt.Cancel.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                // Also when it was cancelled: who did that hears of it.
                await session.SendAsync(last, CancellationToken.None, attempt).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (session.IsOver)
            {
                // It may have arrived all the same; the admin knows the request.
            }
        }
    }

    private static TaskCompletionSource NewNext() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
