using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>The thread that runs the engine, from open to flush. A fault of it ends the process: memory may disagree with the disk.</summary>
public sealed partial class EngineThread(AdminEngine engine, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<EngineThread> logger) : IHostedService, IDisposable
{
    /// <summary>Exit code of a commit whose outcome is not known.</summary>
    public const int FaultExitCode = 74;

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private CancellationTokenRegistration _listening;
    private volatile bool _stopping;
    private bool _started;

    /// <summary>Completes when the state is loaded; before that nothing may be answered.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _started = true;
        _listening = lifetime.ApplicationStarted.Register(engine.Listen);
        _timer = time.CreateTimer(_ => engine.Inbox.Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        new Thread(Run) { Name = "engine", IsBackground = true }.Start();
        await _opened.Task.WaitAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_started)
        {
            _stopping = true;
            engine.Inbox.Ring();
            await _ended.Task.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        _listening.Dispose();
        _timer?.Dispose();
    }

    private void Run()
    {
        try
        {
            engine.Open();
            _opened.SetResult();
            while (!_stopping)
            {
                if (!engine.Round())
                {
                    Sleep();
                }
            }

            while (engine.Round())
            {
                // What had come before the stop is still done.
            }

            engine.Flush();
        }
        catch (Exception exception)
        {
            // Whoever waits for the start gets the reason; later faults end the process.
            if (!_opened.TrySetException(exception))
            {
                LogFault(logger, exception);
                Environment.ExitCode = FaultExitCode;
                lifetime.StopApplication();
            }
        }

        _ended.SetResult();
    }

    private void Sleep()
    {
        if (engine.UntilNextRound() is { } span)
        {
            _timer!.Change(span, Timeout.InfiniteTimeSpan);
        }

        engine.Inbox.Sleep();
    }

    [LoggerMessage(10, LogLevel.Critical, "The engine stopped: the outcome of a commit is not known. The process ends; a restart recovers what is durable")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
