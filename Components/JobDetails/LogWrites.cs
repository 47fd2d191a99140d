using System.Threading.Channels;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Says that a job's output has grown: at once, then at most every so often, however fast it grows.</summary>
public sealed class LogWrites : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _gone = new();
    private readonly JobLogStore _logs;
    private readonly Func<JobId> _job;
    private readonly Task _reading;

    /// <param name="job">Asked on the writer's thread.</param>
    /// <param name="grown">Awaited before the next word.</param>
    /// <param name="failed">Told of what <paramref name="grown"/> throws; nothing is said any more.</param>
    public LogWrites(JobLogStore logs, TimeProvider time, Func<JobId> job, Func<Task> grown, Func<Exception, Task> failed)
    {
        (_logs, _job) = (logs, job);
        _logs.Written += OnWritten;
        _reading = ReadAsync(time, grown, failed);
    }

    public async ValueTask DisposeAsync()
    {
        _logs.Written -= OnWritten;
        await _gone.CancelAsync();
        await _reading;
        _gone.Dispose();
    }

    /// <summary>Called on a worker's stream: only leaves a note.</summary>
    private void OnWritten(JobId job)
    {
        if (job == _job())
        {
            _written.Writer.TryWrite(true);
        }
    }

    private async Task ReadAsync(TimeProvider time, Func<Task> grown, Func<Exception, Task> failed)
    {
        try
        {
            while (await _written.Reader.WaitToReadAsync(_gone.Token))
            {
                _written.Reader.TryRead(out _);
                await grown();
                await Task.Delay(Pace, time, _gone.Token);
            }
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await failed(exception);
        }
    }
}
