using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>The rounds of a worker, one after the other: each from its start to the end of its session.</summary>
/// <param name="options">Clock, logger, OnClose.</param>
/// <param name="life">Where the worker is.</param>
/// <param name="runner">Whose work outlives sessions.</param>
/// <param name="dialler">Opens the streams.</param>
/// <param name="figures">Counts sessions.</param>
internal sealed partial class SessionRounds(WorkerOptions options, WorkerLife life, WorkRunner runner, Dialler dialler, WorkerFigures figures)
{
    private readonly SessionDrain _drain = new(options, runner);

    /// <summary>Starts; the round that is open then belongs to whoever started it, whatever follows it.</summary>
    /// <exception cref="StartFailureException">It did not; the worker is stopped and can be started again.</exception>
    /// <exception cref="AlreadyStartedException">It is starting or running already.</exception>
    public async Task<Round> OpenAsync(CancellationToken cancellationToken)
    {
        var round = await BeginAsync(cancellationToken).ConfigureAwait(false);
        await using var caller = cancellationToken.Register(round.Starting.Cancel).ConfigureAwait(false);
        try
        {
            var stream = await dialler.DialAsync(round.Starting.Token).ConfigureAwait(false);
            if (life.Open(round, stream) is { } session)
            {
                // Running already: a stop is a drain now, and comes after this, because it waits for the decision.
                stream.Begin();
                LogOpened(options.Logger, session.WorkerId, session.Address);
                _ = EndAsync(round, stream, session);
                return round;
            }

            await stream.DisposeAsync().ConfigureAwait(false);
            throw new StartFailureException(CloseReason.Canceled, "the start was cancelled");
        }
        catch (Exception exception)
        {
            life.Failed(exception is StartFailureException { IsPermanent: true });
            round.Ended.SetResult(null);
            round.Told.SetResult();
            throw exception is StartFailureException ? exception : new StartFailureException(CloseReason.Unreachable, exception.Message, false, exception);
        }
        finally
        {
            round.Decided.SetResult();
        }
    }

    /// <summary>Ends the session of a round in order. Completes before OnClose, which may wait for whoever waits here.</summary>
    /// <param name="round">Whose.</param>
    /// <param name="drain">Work may end first.</param>
    /// <param name="grace">For the work.</param>
    /// <param name="dialsOn">When the stream is lost meanwhile, another session is opened for the work.</param>
    /// <param name="cancellationToken">Cuts the drain.</param>
    public async Task CloseAsync(Round round, bool drain, TimeSpan grace, bool dialsOn, CancellationToken cancellationToken)
    {
        var stream = round.Stream!;
        stream.StopAsked();
        await using var impatient = cancellationToken.Register(round.Hurry.Cancel).ConfigureAwait(false);
        if (!drain)
        {
            await round.Hurry.CancelAsync().ConfigureAwait(false);
        }

        await DrainAsync(round, stream, grace, drain && dialsOn).ConfigureAwait(false);
        stream.Close(CloseReason.StopRequested, "stop requested");
        await round.Ended.Task.ConfigureAwait(false);
    }

    private async Task<Round> BeginAsync(CancellationToken cancellationToken)
    {
        if (runner.IsInsideHandler)
        {
            throw new AlreadyStartedException("a handler runs as long as its worker: it cannot start it");
        }

        while (true)
        {
            if (life.TryBegin(out var ended) is { } round)
            {
                return round;
            }

            try
            {
                await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception)
            {
                throw new StartFailureException(CloseReason.Canceled, "the start was cancelled", inner: exception);
            }
        }
    }

    /// <summary>What follows the end of a session, once: reset, then whoever waits is told. Faults are logged: nothing may keep the end from being told.</summary>
    private async Task EndAsync(Round round, WorkerStream stream, SessionSnapshot session)
    {
        var opened = options.TimeProvider.GetTimestamp();
        var end = await stream.Closed.ConfigureAwait(false);
        var (reason, text, isPermanent) = end;
        var served = options.TimeProvider.GetElapsedTime(opened);
        if (reason == CloseReason.AdminShutdown)
        {
            await LoggedAsync(() => DrainAsync(round, stream, stream.ShutdownGrace, mayClaim: false)).ConfigureAwait(false);
        }
        else
        {
            // A drain that the session did not outlive has nothing left to wait for.
            await round.Hurry.CancelAsync().ConfigureAwait(false);
            await LoggedAsync(() => life.DrainedAsync(round)).ConfigureAwait(false);
        }

        runner.Detach();
        await LoggedAsync(async () => await stream.DisposeAsync().ConfigureAwait(false)).ConfigureAwait(false);
        KeepOrCancelWork(life.Lose(end), reason, session.Generation);
        life.Stopped();
        figures.SessionEnded(reason);
        round.Ended.SetResult(new RunResult(reason, text, session) { Served = served, IsPermanent = isPermanent });
        if (options.OnClose is { } onClose)
        {
            await LoggedAsync(() => onClose(reason, session)).ConfigureAwait(false);
        }

        round.Told.SetResult();
    }

    private Task DrainAsync(Round round, WorkerStream stream, TimeSpan grace, bool mayClaim) =>
        life.DrainAsync(round, mayClaim, () => stream.IsOver ? Task.CompletedTask : Task.Run(() => _drain.RunAsync(stream, grace, () => life.MayClaim, round.Hurry.Token)));

    private async Task LoggedAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogEndFailed(options.Logger, exception);
        }
    }

    /// <summary>With resume, work goes on for the window; whoever has not come back by then has lost the lease.</summary>
    private void KeepOrCancelWork(bool resumes, CloseReason reason, int generation)
    {
        if (!resumes)
        {
            runner.LoseAll(keep: reason is CloseReason.ConnectionLost or CloseReason.HeartbeatTimeout);
            return;
        }

        _ = LoseAfterWindowAsync(generation);
    }

    /// <summary>Leases last as long as the window. A start that is under way at its end decides: the claim it has sent may have reached the admin in time.</summary>
    private async Task LoseAfterWindowAsync(int generation)
    {
        await Task.Delay(options.ResumeWindow, options.TimeProvider).ConfigureAwait(false);
        await life.DecidedAsync().ConfigureAwait(false);
        if (life.RunOut(generation))
        {
            runner.LoseAll(keep: false);
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Worker {WorkerId} is connected to {Address}")]
    private static partial void LogOpened(ILogger logger, string workerId, string address);

    [LoggerMessage(23, LogLevel.Error, "Closing a session failed")]
    private static partial void LogEndFailed(ILogger logger, Exception exception);
}
