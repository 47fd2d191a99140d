using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk.Tests;

/// <summary>Gives back what it gets; proposes 2,000 things.</summary>
internal sealed class Echo : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("echo", "Echo").Build();

    public async Task DetectAsync(DetectionContext context)
    {
        for (var n = 0; n < 2000; n++)
        {
            await context.ProposeAsync(new Proposal { Id = $"{n}" });
        }
    }

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        if (context.Config.Bool("throw"))
        {
            throw new InvalidOperationException("as you wish");
        }

        await context.OutputAsync(OutputStream.Stderr, new byte[context.Config.Int64("pour")], context.Canceled);
        context.Output(OutputStream.Stdout, new byte[context.Config.Int64("write")]);
        var outputs = new ValueSet();
        foreach (var (name, value) in context.Request.Job.Parameters)
        {
            outputs[name] = Value.From(value);
        }

        return JobOutcome.Succeeded("echoed", outputs);
    }
}

/// <summary>Runs until it is released or cancelled; a stubborn one only until it is released.</summary>
internal sealed class Blocking(bool stubborn = false) : IJobHandler
{
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Canceled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("blocking", "Blocking").Build();

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        await using var canceled = context.Canceled.Register(() =>
        {
            Canceled.TrySetResult();
            if (!stubborn)
            {
                Release.TrySetCanceled(context.Canceled);
            }
        });
        await using var stopping = context.Stopping.Register(() => Stopping.TrySetResult());
        Started.TrySetResult();
        await Release.Task;
        return JobOutcome.Succeeded("released");
    }
}

/// <summary>Ends as the test says.</summary>
internal sealed class Ending(Func<JobOutcome> outcome) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("ending", "Ending").Build();

    public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(outcome());
}

/// <summary>Proposes so many things of a megabyte each.</summary>
internal sealed class Parcels(int count = Parcels.Many) : IJobHandler
{
    public const int Many = 300;

    private volatile int _proposed;

    public int Proposed => _proposed;

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("parcels", "Parcels").Build();

    public async Task DetectAsync(DetectionContext context)
    {
        try
        {
            var parameters = new ValueSet { ["plan"] = new byte[1_000_000] };
            for (var n = 0; n < count; n++)
            {
                await context.ProposeAsync(new Proposal { Id = $"{n}", Parameters = parameters });
                _proposed = n + 1;
            }
        }
        finally
        {
            Ended.SetResult();
        }
    }

    public Task<JobOutcome> ExecuteAsync(JobContext context) => Task.FromResult(JobOutcome.Succeeded(""));
}

/// <summary>Runs nothing on this machine.</summary>
internal sealed class Choosy : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("choosy", "Choosy").Build();

    public string? CannotRun(ConfigReader config) => "not here";
}

/// <summary>Writes before and after it is released.</summary>
internal sealed class LastWords : IJobHandler
{
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("last_words", "Last words").Build();

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        context.WriteLine("first");
        Begun.SetResult();
        await Release.Task;
        context.WriteLine("last");
        Ended.SetResult();
        return JobOutcome.Succeeded("said");
    }
}
