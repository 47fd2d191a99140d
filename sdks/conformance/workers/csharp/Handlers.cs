using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.ConformanceWorker;

/// <summary>A handler of the contract: counts its constructions and tells when it begins, is cancelled and ends.</summary>
internal abstract class ConformanceHandler : IJobHandler
{
    private static readonly ConcurrentDictionary<string, int> Counts = new(StringComparer.Ordinal);

    protected ConformanceHandler(string jobType, Action<SectionBuilder> fields)
    {
        Counts.AddOrUpdate(jobType, 1, (_, count) => count + 1);
        Descriptor = new DescriptorBuilder(jobType, jobType, "A handler of the conformance kit")
            .Worker(form => form.Section("job", "Parameters", "", fields))
            .Runtime(runtime => { runtime.PerWorkerExecutionConcurrency = 4; runtime.ExecutionTimeoutSeconds = 600; })
            .Build();
    }

    public static IReadOnlyDictionary<string, int> Constructed => Counts;

    public JobTypeDescriptor Descriptor { get; }

    public virtual bool CanDetect => false;

    public virtual bool CanExecute => true;

    public virtual string? CannotRun(ConfigReader config) => null;

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        using var said = new Said(this, context.JobId, context.RequestId, context.Canceled);
        return await DoAsync(context);
    }

    public virtual Task DetectAsync(DetectionContext context) => throw new NotSupportedException();

    protected abstract Task<JobOutcome> DoAsync(JobContext context);

    protected static Task PauseAsync(long milliseconds, CancellationToken cancellation = default) =>
        milliseconds <= 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, cancellation);

    /// <summary>Tells of one run: its begin, its cancel, and its end.</summary>
    protected sealed class Said : IDisposable
    {
        private readonly ConformanceHandler _handler;
        private readonly string _job;
        private readonly string _request;
        private readonly CancellationToken _canceled;
        private readonly CancellationTokenRegistration _registration;
        private int _isCancelTold;

        public Said(ConformanceHandler handler, string job, string request, CancellationToken canceled)
        {
            (_handler, _job, _request, _canceled) = (handler, job, request, canceled);
            Tell("begin");
            _registration = canceled.Register(TellCancel);
        }

        public void Dispose()
        {
            _registration.Dispose();
            if (_canceled.IsCancellationRequested)
            {
                // A run that was quick to end has taken the callback back before its turn came.
                TellCancel();
            }

            Tell("end");
        }

        private void TellCancel()
        {
            if (Interlocked.Exchange(ref _isCancelTold, 1) == 0)
            {
                Tell("canceled");
            }
        }

        private void Tell(string phase) =>
            Lines.Event("handler", ("phase", phase), ("job_type", _handler.Descriptor.JobType), ("job_id", _job), ("request_id", _request));
    }
}

internal sealed class Echo() : ConformanceHandler("conf_echo", _ => { })
{
    protected override Task<JobOutcome> DoAsync(JobContext context)
    {
        var outputs = new ValueSet();
        foreach (var (name, value) in context.Request.Job.Parameters)
        {
            outputs[name] = Value.From(value);
        }

        return Task.FromResult(JobOutcome.Succeeded("echoed", outputs));
    }
}

internal sealed class Sleep() : ConformanceHandler("conf_sleep", fields =>
{
    fields.Integer("ms", "Milliseconds", "", 1000);
    fields.Integer("report_every_ms", "Report every", "", 0);
})
{
    protected override async Task<JobOutcome> DoAsync(JobContext context)
    {
        var (ms, every) = (context.Config.Int64("ms"), context.Config.Int64("report_every_ms"));
        var watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < ms)
        {
            if (every > 0)
            {
                context.Report(100.0 * watch.ElapsedMilliseconds / ms, "sleeping");
            }

            var left = ms - watch.ElapsedMilliseconds;
            await PauseAsync(every > 0 ? Math.Min(every, left) : left, context.Canceled);
        }

        return JobOutcome.Succeeded("slept", new ValueSet { ["slept_ms"] = watch.ElapsedMilliseconds });
    }
}

internal sealed class Stubborn() : ConformanceHandler("conf_stubborn", fields => fields.Integer("ms", "Milliseconds", "", 3000))
{
    protected override async Task<JobOutcome> DoAsync(JobContext context)
    {
        var ms = context.Config.Int64("ms");
        await PauseAsync(ms);
        return JobOutcome.Succeeded("slept", new ValueSet { ["slept_ms"] = ms });
    }
}

internal sealed class Fail() : ConformanceHandler("conf_fail", fields =>
{
    fields.Text("text", "Text", "", "conf_fail");
    fields.Toggle("permanent", "Permanent", "");
})
{
    protected override Task<JobOutcome> DoAsync(JobContext context) =>
        Task.FromResult(JobOutcome.Failed(context.Config.Text("text"), context.Config.Bool("permanent")));
}

internal sealed class Throw() : ConformanceHandler("conf_throw", fields =>
{
    fields.Text("text", "Text", "", "conf_throw");
    fields.Integer("size", "Size", "", 0);
})
{
    protected override Task<JobOutcome> DoAsync(JobContext context) =>
        throw new InvalidOperationException(context.Config.Text("text").PadRight((int)Math.Min(context.Config.Int64("size"), 10_000_000), 'x'));
}

internal sealed class Output() : ConformanceHandler("conf_output", fields =>
{
    fields.Integer("bytes", "Bytes", "", 0);
    fields.Text("streams", "Streams", "", "both");
    fields.Integer("chunk", "Chunk", "", 8192);
    fields.Integer("pause_ms", "Pause", "", 0);
    fields.Text("text", "Text", "");
    fields.Integer("hold_ms", "Hold", "", 0);
})
{
    protected override async Task<JobOutcome> DoAsync(JobContext context)
    {
        var (total, chunk, streams) = (context.Config.Int64("bytes"), Math.Clamp(context.Config.Int64("chunk"), 1, 1 << 20), context.Config.Text("streams"));
        context.Output(OutputStream.Stdout, Encoding.UTF8.GetBytes(context.Config.Text("text")));
        for (var at = 0L; at < total; at += chunk)
        {
            var count = (int)Math.Min(chunk, total - at);
            if (streams != "stderr")
            {
                await context.OutputAsync(OutputStream.Stdout, Pattern(at, count, 251), context.Canceled);
            }

            if (streams != "stdout")
            {
                await context.OutputAsync(OutputStream.Stderr, Pattern(at, count, 241), context.Canceled);
            }

            await PauseAsync(context.Config.Int64("pause_ms"), context.Canceled);
        }

        await PauseAsync(context.Config.Int64("hold_ms"), context.Canceled);
        return JobOutcome.Succeeded("written", new ValueSet { ["written"] = total });
    }

    private static byte[] Pattern(long from, int count, int modulus)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count; at++)
        {
            bytes[at] = (byte)((from + at) % modulus);
        }

        return bytes;
    }
}

internal sealed class Progress() : ConformanceHandler("conf_progress", fields =>
{
    fields.Integer("per_second", "Per second", "", 2000);
    fields.Integer("ms", "Milliseconds", "", 3000);
})
{
    protected override async Task<JobOutcome> DoAsync(JobContext context)
    {
        var (perSecond, ms) = (context.Config.Int64("per_second"), context.Config.Int64("ms"));
        var (watch, calls) = (Stopwatch.StartNew(), 0L);
        while (watch.ElapsedMilliseconds < ms)
        {
            for (; calls < perSecond * watch.ElapsedMilliseconds / 1000; calls++)
            {
                context.Report(99.0 * watch.ElapsedMilliseconds / ms, "counting", (calls + 1).ToString(CultureInfo.InvariantCulture));
            }

            await PauseAsync(1, context.Canceled);
        }

        context.Report(100, "counting", "last");
        return JobOutcome.Succeeded("counted", new ValueSet { ["calls"] = calls + 1 });
    }
}

internal sealed class Detect() : ConformanceHandler("conf_detect", fields =>
{
    fields.Integer("count", "Count", "", 10);
    fields.Integer("delay_ms", "Delay", "", 0);
})
{
    public override bool CanDetect => true;

    public override bool CanExecute => false;

    public override async Task DetectAsync(DetectionContext context)
    {
        using var said = new Said(this, "", context.Request.RequestId, context.Canceled);
        var (count, delay) = (context.Config.Int64("count"), context.Config.Int64("delay_ms"));
        for (var n = 0L; n < count; n++)
        {
            await PauseAsync(delay, context.Canceled);
            await context.ProposeAsync(new Proposal
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"p-{n}"),
                DedupeKey = string.Create(CultureInfo.InvariantCulture, $"key-{n}"),
                Summary = string.Create(CultureInfo.InvariantCulture, $"proposal {n}"),
                Parameters = new ValueSet { ["index"] = n, ["sequence"] = context.Request.DetectionSequence },
            });
        }
    }

    protected override Task<JobOutcome> DoAsync(JobContext context) => throw new NotSupportedException();
}

/// <summary>The loop that starts handlers asks each whether it can run: that is where one can hold it up.</summary>
internal sealed class Block() : ConformanceHandler("conf_block", fields => fields.Integer("ms", "Milliseconds", "", 3000))
{
    public override string? CannotRun(ConfigReader config)
    {
        using var never = new ManualResetEventSlim();
        never.Wait((int)config.Int64("ms"));
        return null;
    }

    protected override Task<JobOutcome> DoAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded("blocked"));
}

internal sealed class Config() : ConformanceHandler("conf_config", fields =>
{
    fields.Text("text", "Text", "", "descriptor");
    fields.Integer("count", "Count", "", 7);
    fields.Number("ratio", "Ratio", "", 0.5);
    fields.Toggle("flag", "Flag", "", true);
    fields.Duration("pause", "Pause", "", TimeSpan.FromSeconds(30));
    fields.List("names", "Names", "", (string[])["a", "b"]);
    fields.Text("late", "Late", "", "later");
})
{
    protected override Task<JobOutcome> DoAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded("read", new ValueSet
    {
        ["text"] = context.Config.Text("text"),
        ["count"] = context.Config.Int64("count"),
        ["ratio"] = context.Config.Double("ratio"),
        ["flag"] = context.Config.Bool("flag"),
        ["pause_ms"] = (long)context.Config.Duration("pause").TotalMilliseconds,
        ["names"] = context.Config.Texts("names").ToArray(),
        ["late"] = context.Config.Text("late"),
    }));
}
