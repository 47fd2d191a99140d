using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Commands;

/// <summary>Runs a command: its output is followed live, its exit code decides, everything it started ends with it.</summary>
public sealed class CommandHandler(StockOptions options, TimeProvider time) : IJobHandler
{
    private const int ResultFileLimit = 256 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private static readonly HashSet<string> ReservedResults =
        ["exit_code", "stdout", "stderr", "stdout_truncated", "stderr_truncated", "duration_ms", "signal", "error_class", "http_status"];

    public JobTypeDescriptor Descriptor { get; } = CommandDescriptor.Build();

    public bool CanDetect => false;

    public int Weight => 50;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var plan = CommandPlan.Read(context.Config, context.Saved);
        if (plan.Refusal() is { } refusal)
        {
            return Refused(refusal);
        }

        var own = Directory.CreateDirectory(Path.Combine(options.StateDirectory, "work", Path.GetRandomFileName()), Private).FullName;
        var directory = plan.WorkingDirectory.Length > 0 ? plan.WorkingDirectory : Directory.CreateDirectory(Path.Combine(own, "dir"), Private).FullName;
        try
        {
            return await RunAsync(context, plan, directory, Path.Combine(own, "result.json"));
        }
        finally
        {
            Remove(own, context);
        }
    }

    private static JobOutcome Refused(string why) => JobOutcome.Failed(why, permanent: true, new ValueSet { ["exit_code"] = -1L });

    private static void Remove(string directory, JobContext context)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What the command left there cannot change how it ended.
            context.Activity($"{directory} could not be removed: {exception.Message}");
        }
    }

    private async Task<JobOutcome> RunAsync(JobContext context, CommandPlan plan, string directory, string resultFile)
    {
        ProcessGroup group;
        try
        {
            group = ProcessGroup.Start(
                plan.Shell ? "/bin/sh" : plan.Command,
                plan.Shell ? ["-c", plan.Command, "sh", .. plan.Arguments] : plan.Arguments,
                directory,
                plan.Environment(context, directory, resultFile),
                plan.Niceness,
                plan.MergeStderr);
        }
        catch (IOException exception)
        {
            return Refused(exception.Message);
        }

        using (group)
        {
            var started = time.GetTimestamp();
            var cap = new OutputCap(plan.MaxOutput);
            var stdout = new OutputTail();
            var stderr = new OutputTail();
            var overMemory = false;
            using var watch = plan.MemoryLimit > 0
                ? time.CreateTimer(_ => overMemory |= CheckMemory(group, plan.MemoryLimit), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))
                : null;
            using var cut = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            var pumps = Task.WhenAll(
                FeedAsync(group.Process, plan.Stdin, cut.Token),
                PumpAsync(group.Process.StandardOutput.BaseStream, OutputStream.Stdout, stdout, cap, context, cut.Token),
                PumpAsync(group.Process.StandardError.BaseStream, OutputStream.Stderr, stderr, cap, context, cut.Token));
            var canceled = false;
            try
            {
                await group.Process.WaitForExitAsync(context.Canceled);
            }
            catch (OperationCanceledException) when (context.Canceled.IsCancellationRequested)
            {
                canceled = true;
                await EndAsync(group, plan.KillGrace);
            }

            // What it left running would keep the pipes open; what made a group of its own may keep them open for ever.
            group.SignalKill();
            cut.CancelAfter(LastWords);
            await pumps;
            var outputs = Outputs(group.Process.ExitCode, canceled, stdout, plan.MergeStderr ? null : stderr, time.GetElapsedTime(started));
            JoinResultFile(outputs, resultFile);
            return canceled ? JobOutcome.Failed("context canceled", outputs: outputs) : Judge(plan, group.Process.ExitCode, overMemory, outputs, plan.MergeStderr ? stdout : stderr);
        }
    }

    private static JobOutcome Judge(CommandPlan plan, int exitCode, bool overMemory, ValueSet outputs, OutputTail stderr)
    {
        if (overMemory)
        {
            return JobOutcome.Failed($"killed: the command and its children used more than {plan.MemoryLimit / (1024 * 1024)} MiB", permanent: true, outputs);
        }

        if (plan.SuccessExitCodes.Contains(exitCode))
        {
            return JobOutcome.Succeeded(string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}"), outputs);
        }

        var last = stderr.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return JobOutcome.Failed(string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}{(last is null ? "" : $": {last}")}"), outputs: outputs);
    }

    private static ValueSet Outputs(int exitCode, bool canceled, OutputTail stdout, OutputTail? stderr, TimeSpan took)
    {
        var outputs = new ValueSet
        {
            ["exit_code"] = canceled ? -1L : exitCode,
            ["stdout"] = stdout.Text(),
            ["stdout_truncated"] = stdout.Truncated,
            ["stderr"] = stderr?.Text() ?? "",
            ["stderr_truncated"] = stderr?.Truncated ?? false,
            ["duration_ms"] = (long)took.TotalMilliseconds,
        };
        if (exitCode is > 128 and < 165)
        {
            outputs["signal"] = (long)(exitCode - 128);
        }

        return outputs;
    }

    private async Task EndAsync(ProcessGroup group, TimeSpan grace)
    {
        group.SignalTerminate();
        using var over = new CancellationTokenSource(grace, time);
        try
        {
            await group.Process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            group.SignalKill();
            await group.Process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task FeedAsync(Process process, byte[] stdin, CancellationToken cut)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin, cut);
            process.StandardInput.Close();
        }
        catch (Exception exception) when (exception is IOException || cut.IsCancellationRequested)
        {
            // It does not read its input; that is its business.
        }
    }

    private static async Task PumpAsync(Stream source, OutputStream stream, OutputTail tail, OutputCap cap, JobContext context, CancellationToken cut)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, cut)) > 0;)
            {
                tail.Add(buffer.AsSpan(0, read));
                await context.OutputAsync(stream, buffer.AsMemory(0, cap.Take(read, out var reached)), cut);
                if (reached)
                {
                    context.WriteLine("output limit reached");
                }
            }
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            // Something outside the group holds the pipe; its output is not the command's any more.
        }
    }

    private static bool CheckMemory(ProcessGroup group, long limit)
    {
        if (group.ResidentBytes() <= limit)
        {
            return false;
        }

        group.SignalKill();
        return true;
    }

    private static void JoinResultFile(ValueSet outputs, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length is 0 or > ResultFileLimit)
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var member in document.RootElement.EnumerateObject().Where(member => !ReservedResults.Contains(member.Name)))
            {
                outputs[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number when member.Value.TryGetInt64(out var number) => number,
                    JsonValueKind.Number => member.Value.GetDouble(),
                    JsonValueKind.String => member.Value.GetString()!,
                    _ => member.Value.GetRawText(),
                };
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            outputs["result_file_error"] = $"JOB_RESULT_FILE does not hold a JSON object: {exception.Message}";
        }
    }
}
