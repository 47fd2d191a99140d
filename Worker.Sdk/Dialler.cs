namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Opens sessions: knows the addresses, the token, and the connection that is there already for the first one.</summary>
/// <param name="options">Of the worker.</param>
/// <param name="runner">Who serves the session.</param>
/// <param name="handlers">By job type.</param>
/// <param name="workerId">Who dials.</param>
/// <param name="mayClaim">Whether the hello may claim work of the session before.</param>
internal sealed class Dialler(WorkerOptions options, WorkRunner runner, IReadOnlyDictionary<string, IJobHandler> handlers, string workerId, Func<bool> mayClaim)
{
    private Stream? _ready = options.ReadyConnection;
    private volatile string? _token = options.Token;

    public async Task<WorkerStream> DialAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _ready, null) is { } ready)
        {
            return await OpenAsync(Current() with { Channel = options.Channel with { Connect = _ => ValueTask.FromResult(ready) } }, "http://ready", cancellationToken).ConfigureAwait(false);
        }

        StartFailureException? last = null;
        foreach (var entry in WorkerAddress.Split(options.Address))
        {
            try
            {
                var address = await WorkerAddress.ResolveAsync(entry, options, cancellationToken).ConfigureAwait(false);
                return await OpenAsync(Current(), address, cancellationToken).ConfigureAwait(false);
            }
            catch (StartFailureException failure) when (failure.Reason is CloseReason.Unreachable or CloseReason.Timeout)
            {
                last = failure;
            }
            catch (OperationCanceledException exception)
            {
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception);
            }
        }

        throw last ?? new StartFailureException(CloseReason.Unreachable, "no address is set");
    }

    private Task<WorkerStream> OpenAsync(WorkerOptions current, string address, CancellationToken cancellationToken) =>
        WorkerStream.OpenAsync(current, runner, handlers, workerId, address, mayClaim(), token => _token = token, cancellationToken);

    /// <summary>The options, with the token the admin gave in exchange for the first one.</summary>
    private WorkerOptions Current()
    {
        try
        {
            return options with { Token = _token ?? options.CurrentToken() };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It may be about to be replaced.
            throw new StartFailureException(CloseReason.Unreachable, exception.Message, inner: exception);
        }
    }
}
