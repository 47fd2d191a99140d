using System.Diagnostics;
using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>One process of an attempt: its output is followed live, its exit code decides, everything it started ends with it.</summary>
/// <param name="marks">Lines of stdout that are progress; null = none are.</param>
internal sealed class ProcessRun(ProcessPlan plan, JobContext context, TimeProvider time, ProgressLines? marks = null)
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly OutputCap _cap = new(plan.MaxOutput);
    private readonly OutputTail _stdout = new();
    private readonly OutputTail _stderr = new();

    /// <summary>What cannot even be started; trying again will not help.</summary>
    public static JobOutcome Refused(string why) => JobOutcome.Failed(why, permanent: true, new ValueSet { ["exit_code"] = -1L });

    public async Task<JobOutcome> RunAsync(string command, IReadOnlyList<string> arguments, string directory, string resultFile)
    {
        ProcessGroup group;
        try
        {
            group = ProcessGroup.Start(command, arguments, directory, plan.Environment(context, directory, resultFile), plan.Niceness, plan.MergeStderr);
        }
        catch (IOException exception)
        {
            return Refused(exception.Message);
        }

        using (group)
        {
            var started = time.GetTimestamp();
            var overMemory = false;
            using var watch = plan.MemoryLimit > 0
                ? time.CreateTimer(_ => CheckMemory(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))
                : null;
            using var cut = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            var pumps = Task.WhenAll(
                FeedAsync(group.Process, cut.Token),
                PumpAsync(group.Process.StandardOutput.BaseStream, OutputStream.Stdout, _stdout, marks, cut.Token),
                PumpAsync(group.Process.StandardError.BaseStream, OutputStream.Stderr, _stderr, null, cut.Token));
            var canceled = await EndedByCancelAsync(group);

            // What it left running would keep the pipes open; what made a group of its own may keep them open for ever.
            group.SignalKill();
            cut.CancelAfter(LastWords);
            await pumps;
            _cap.Report(context);
            var outputs = Outputs(group.Process.ExitCode, canceled, time.GetElapsedTime(started));
            ResultFile.Join(outputs, resultFile);
            return canceled ? JobOutcome.Failed("context canceled", outputs: outputs) : Judge(group.Process.ExitCode, overMemory, outputs);

            void CheckMemory()
            {
                if (group.ResidentBytes() > plan.MemoryLimit)
                {
                    // Known before the command ends of it.
                    overMemory = true;
                    group.KillTree();
                }
            }
        }
    }

    private JobOutcome Judge(int exitCode, bool overMemory, ValueSet outputs)
    {
        if (overMemory)
        {
            return JobOutcome.Failed($"killed: the process and its children used more than {plan.MemoryLimit / (1024 * 1024)} MiB", permanent: true, outputs);
        }

        if (plan.SuccessExitCodes.Contains(exitCode))
        {
            return JobOutcome.Succeeded(string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}"), outputs);
        }

        var last = (plan.MergeStderr ? _stdout : _stderr).Text().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return JobOutcome.Failed(string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}{(last is null ? "" : $": {last}")}"), outputs: outputs);
    }

    private ValueSet Outputs(int exitCode, bool canceled, TimeSpan took)
    {
        var outputs = new ValueSet
        {
            ["exit_code"] = canceled ? -1L : exitCode,
            ["stdout"] = _stdout.Text(),
            ["stdout_truncated"] = _stdout.Truncated,
            ["stderr"] = _stderr.Text(),
            ["stderr_truncated"] = _stderr.Truncated,
            ["duration_ms"] = (long)took.TotalMilliseconds,
        };

        // As to a shell, a command that exits with such a code looks like one that a signal ended: the runtime reaps the process and tells
        // no more than this number.
        if (exitCode is > 128 and < 165)
        {
            outputs["signal"] = (long)(exitCode - 128);
        }

        return outputs;
    }

    /// <summary>True when it did not end by itself: first it is asked to, with its grace over it has to.</summary>
    private async Task<bool> EndedByCancelAsync(ProcessGroup group)
    {
        try
        {
            await group.Process.WaitForExitAsync(context.Canceled);
            return false;
        }
        catch (OperationCanceledException) when (context.Canceled.IsCancellationRequested)
        {
            group.SignalTerminate();
        }

        using var over = new CancellationTokenSource(plan.KillGrace, time);
        try
        {
            await group.Process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // What is left of the tree is killed below.
        }

        group.KillTree();
        await group.Process.WaitForExitAsync(CancellationToken.None);
        return true;
    }

    private async Task FeedAsync(Process process, CancellationToken cut)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(plan.Stdin, cut);
            process.StandardInput.Close();
        }
        catch (Exception exception) when (exception is IOException || cut.IsCancellationRequested)
        {
            // It does not read its input; that is its business.
        }
    }

    private async Task PumpAsync(Stream source, OutputStream stream, OutputTail tail, ProgressLines? progress, CancellationToken cut)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, cut)) > 0;)
            {
                await PassAsync(progress is null ? buffer.AsMemory(0, read) : progress.Take(buffer.AsSpan(0, read)), stream, tail, cut);
            }

            if (progress is not null)
            {
                await PassAsync(progress.Rest(), stream, tail, cut);
            }
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            // Something outside the group holds the pipe; its output is not the job's any more.
        }
    }

    private async Task PassAsync(ReadOnlyMemory<byte> bytes, OutputStream stream, OutputTail tail, CancellationToken cut)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        tail.Add(bytes.Span);
        var passed = bytes[.._cap.Take(stream, bytes.Length, out var reached)];
        await context.OutputAsync(stream, passed, cut);
        if (reached)
        {
            context.WriteLine($"{(passed.Length > 0 && passed.Span[^1] == '\n' ? "" : "\n")}output limit reached");
        }
    }
}
