using BlazorPluginAdmin.Cli.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.Wire.V1;
using CancelRequest = BlazorPluginAdmin.Wire.V1.CancelRequest;
using LogStream = BlazorPluginAdmin.Wire.V1.LogStream;

namespace BlazorPluginAdmin.Cli;

/// <summary>Waits for the end of jobs, with or without what they print.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    /// <summary>Follows a job to its end. The first Ctrl+C cancels it, the second leaves it.</summary>
    /// <param name="invocation">Whom to ask, where the output goes.</param>
    /// <param name="jobId">A job that was accepted.</param>
    /// <param name="showsOutput">Copies stdout and stderr; otherwise nothing is printed.</param>
    /// <param name="limit">How long to wait; null = as long as it takes.</param>
    /// <returns>The job as it ended, with its result.</returns>
    public static async Task<Job> ForJobAsync(this Invocation invocation, string jobId, bool showsOutput, TimeSpan? limit = null)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(invocation.Leave);
        var canceling = CancelOnInterruptAsync(invocation, jobId, done.Token);
        var noting = NoteHowFarItIsAsync(invocation, jobId, !showsOutput, done.Token);
        try
        {
            var waiting = EndAsync(invocation, jobId, showsOutput, done.Token);
            return await (limit is { } most ? waiting.WaitAsync(most, invocation.Terminal.Time) : waiting);
        }
        catch (TimeoutException)
        {
            throw new ToolException(ExitCodes.Timeout, "wait_timeout", $"job {jobId} has not ended after {DurationText.Write(limit!.Value)}; it goes on");
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(canceling, noting);
            invocation.Progress("");
        }
    }

    /// <summary>The group as it ended. An admin that is gone for no longer than a restart takes is waited for.</summary>
    /// <param name="invocation">Whom to ask.</param>
    /// <param name="groupId">A group that was accepted.</param>
    /// <param name="wasReachable">The admin answered before: now it can only be gone for a while.</param>
    /// <param name="limit">How long to wait; null = as long as it takes.</param>
    /// <param name="showsProgress">False: something else is shown meanwhile.</param>
    public static async Task<Group> ForGroupAsync(this Invocation invocation, string groupId, bool wasReachable, TimeSpan? limit = null, bool showsProgress = true)
    {
        var cancel = new GroupCancel(invocation, groupId);
        var began = invocation.Now;
        DateTimeOffset? lost = null;
        try
        {
            while (true)
            {
                try
                {
                    var group = (await invocation.Admin.AskAsync(Calls.GetGroup, new GetGroupRequest { GroupId = groupId }, invocation.Leave)).Group;
                    if (JobEnding.IsEnd(group.State))
                        return group;
                    if (showsProgress)
                        invocation.Progress(JobText.Progress(group));
                    await cancel.OnInterruptAsync();
                    (wasReachable, lost) = (true, null);
                }
                catch (ToolException refused) when (refused.IsLostConnection && wasReachable && invocation.Now - (lost ??= invocation.Now) < OutputFollower.Patience)
                {
                    // It is asked again.
                }

                if (limit is { } most && invocation.Now - began > most)
                    throw new ToolException(ExitCodes.Timeout, "wait_timeout", $"group {groupId} has not ended after {DurationText.Write(most)}; it goes on");
                await Task.Delay(Pause, invocation.Terminal.Time, invocation.Leave);
            }
        }
        finally
        {
            invocation.Progress("");
        }
    }

    /// <summary>Tells why a job failed where its exit code does not, and what the tool ends with.</summary>
    public static int End(this Invocation invocation, Job job)
    {
        var ending = JobEnding.Of(job);
        if (invocation.IsJson)
            invocation.Json(job);
        else if (ending.Text.Length > 0)
            invocation.Note($"pluginctl: job {job.JobId} {Visible.Line(ending.Text)}");
        return ending.ExitCode;
    }

    private static async Task<Job> EndAsync(Invocation invocation, string jobId, bool showsOutput, CancellationToken cancellationToken)
    {
        var request = new WatchLogsRequest { JobId = jobId, Follow = true, TailLines = showsOutput ? 0 : 1 };
        while (true)
        {
            await new OutputFollower(invocation, request, showsOutput ? chunk => CopyAsync(invocation, chunk, cancellationToken) : null).RunAsync(wasReachable: true, cancellationToken);
            var job = (await invocation.Admin.AskAsync(Calls.Get, new GetRequest { JobId = jobId, Include = { Include.Result, Include.Attempts } }, cancellationToken)).Job;
            if (JobEnding.IsEnd(job.State))
                return job;
            (request.TailLines, showsOutput) = (1, false);
            await Task.Delay(Pause, invocation.Terminal.Time, cancellationToken);
        }
    }

    /// <summary>The bytes as they are, to the stream they were written to.</summary>
    public static async ValueTask CopyAsync(Invocation invocation, LogChunk chunk, CancellationToken cancellationToken)
    {
        if (chunk.GapBytes > 0)
            invocation.Note($"pluginctl: {chunk.GapBytes} bytes of the output never reached the admin");
        var target = chunk.Stream == LogStream.Stderr ? invocation.Terminal.Error : invocation.Terminal.Output;
        await target.WriteAsync(chunk.Data.Memory, cancellationToken);
        await target.FlushAsync(cancellationToken);
    }

    private static async Task CancelOnInterruptAsync(Invocation invocation, string jobId, CancellationToken done)
    {
        try
        {
            await invocation.Terminal.Interrupts.FirstAsync().WaitAsync(done);
            invocation.Note($"canceling job {jobId} (Ctrl+C again leaves it)");
            await invocation.Admin.AskAsync(Calls.Cancel, new CancelRequest { JobId = jobId, Reason = "Ctrl+C" }, done);
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The job ended by itself, or nobody waits any more.
        }
        catch (ToolException refused)
        {
            // It may have ended meanwhile; then the wait is over too.
            invocation.Note($"pluginctl: not canceled: {refused.Message}");
        }
    }

    /// <summary>A person who sees nothing happen is told why, and how far it is.</summary>
    /// <param name="untilEnd">Nothing else is shown of it: also while it runs.</param>
    private static async Task NoteHowFarItIsAsync(Invocation invocation, string jobId, bool untilEnd, CancellationToken done)
    {
        var said = "";
        try
        {
            for (var pause = untilEnd ? Pause : FirstLook; invocation.Terminal.IsErrorWatched && !invocation.IsQuiet;)
            {
                await Task.Delay(pause, invocation.Terminal.Time, done);
                var job = (await invocation.Admin.AskAsync(Calls.Get, new GetRequest { JobId = jobId }, done)).Job;
                if (job.State == JobState.Pending)
                {
                    if (job.Waiting is { Text: { Length: > 0 } text } && text != said)
                        invocation.Note($"waiting: {Visible.Line(said = text)}");
                }
                else if (!untilEnd || JobEnding.IsEnd(job.State))
                {
                    return;
                }
                else
                {
                    invocation.Progress(JobText.Progress(job));
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // Nobody waits any more.
        }
        catch (ToolException)
        {
            // A note that could not be had; the wait itself says what is wrong.
        }
    }

    /// <summary>What the first Ctrl+C does to a group: asked once, and again only where the admin did not hear it.</summary>
    private sealed class GroupCancel(Invocation invocation, string groupId)
    {
        private readonly Task _interrupt = invocation.Terminal.Interrupts.FirstAsync();
        private bool _isTold;
        private bool _isAsked;

        public async Task OnInterruptAsync()
        {
            if (!_interrupt.IsCompleted || _isAsked)
                return;
            if (!_isTold)
                invocation.Note($"canceling group {groupId} (Ctrl+C again leaves it)");
            _isTold = true;
            try
            {
                await invocation.Admin.AskAsync(Calls.CancelGroup, new CancelGroupRequest { GroupId = groupId, Reason = "Ctrl+C" }, invocation.Leave);
            }
            catch (ToolException refused) when (!refused.IsLostConnection)
            {
                // It may have ended meanwhile; then the wait is over too.
                invocation.Note($"pluginctl: not canceled: {refused.Message}");
            }

            _isAsked = true;
        }
    }
}
