using System.Globalization;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Samples.DemoFleet;

/// <summary>Plays a job type: finds things, works on them for a while, says what it does, and now and then fails.</summary>
internal sealed class DemoHandler(DemoType type, int seed, TimeProvider time) : IJobHandler
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly Random _random = new(seed);

    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder(type.Name, type.DisplayName, type.Description, type.Icon)
        .Worker(form => form
            .Section("job", "Job", "Asked for with each job.", section => section.Text("object", "Object", "What to work on.", type.Objects[0].Replace("{n}", "1", StringComparison.Ordinal)).Required().MaxLength(200))
            .Section("pace", "Pace", "", section =>
            {
                section.Number("speed", "Speed", "2 works twice as fast.", 1).Range(.1, 20.0);
                section.Select("logging", "Logging", "How much it says.", "normal", ("quiet", "Quiet"), ("normal", "Normal"), ("chatty", "Chatty"));
                section.Duration("pause", "Pause", "Between two steps.", TimeSpan.Zero).Range(TimeSpan.Zero, TimeSpan.FromSeconds(10)).VisibleWhen("logging", "chatty");
            }))
        .Runtime(type.Set)
        .Build();

    public bool CanDetect => type.Found.Most > 0;

    public int Weight => type.Weight;

    public async Task DetectAsync(DetectionContext context)
    {
        context.Report("scan", "looking at what changed since the last run");
        await Task.Delay(TimeSpan.FromSeconds(1.5), time, context.Canceled);
        for (var n = Between(type.Found.Least, type.Found.Most); n > 0; n--)
        {
            var thing = Name(type.Objects[Between(0, type.Objects.Count - 1)]);
            await context.ProposeAsync(new Proposal
            {
                Id = thing,
                DedupeKey = $"{type.Name}:{thing}",
                Summary = $"{type.DisplayName}: {thing}",
                Priority = Chance(.1) ? JobPriority.High : Chance(.2) ? JobPriority.Low : JobPriority.Normal,
                Parameters = new ValueSet { ["object"] = thing },
                Labels = new Dictionary<string, string> { ["env"] = "demo" },
            });
        }
    }

    public async Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        var thing = context.Config.Text("object");
        var seconds = (type.Seconds.Least + (Next() * (type.Seconds.Most - type.Seconds.Least))) / Math.Max(.1, context.Config.Double("speed", 1));
        var steps = Math.Max(4, (int)(seconds / Step.TotalSeconds));
        var mishap = type.Mishaps.FirstOrDefault(mishap => Chance(mishap.Chance));
        var failsAt = mishap is null ? int.MaxValue : Between(steps / 3, steps - 1);
        var bytes = 0L;
        context.WriteLine($"{type.Name} {thing}, attempt {context.Attempt} on {context.WorkerId}");
        for (var n = 0; n < steps; n++)
        {
            var stage = type.Stages[Math.Min(type.Stages.Count - 1, n * type.Stages.Count / steps)];
            bytes += Between(100_000, 4_000_000);
            context.Report(n * 100d / steps, stage, $"{bytes / 1e6:0.0} MB of {thing}");
            if (n % 4 == 0)
            {
                context.WriteLine(Chance(.08) ? $"\u001b[33mwarning\u001b[0m {stage}: slow answer of the store, tried again" : $"\u001b[32m{stage}\u001b[0m block {Between(1, 9999)} done, {bytes} bytes so far");
            }

            if (n >= failsAt)
            {
                var text = Name(mishap!.Text);
                context.Output(OutputStream.Stderr, System.Text.Encoding.UTF8.GetBytes($"error: {text}\n"));
                return JobOutcome.Failed(text, mishap.Permanent);
            }

            await Task.Delay(Step + context.Config.Duration("pause"), time, context.Canceled);
        }

        context.Report(100, type.Stages[^1], "done");
        return JobOutcome.Succeeded($"{thing}: {bytes / 1e6:0.0} MB", new ValueSet { ["bytes"] = bytes, ["took"] = TimeSpan.FromSeconds(seconds), ["object"] = thing });
    }

    private string Name(string template) => template.Replace("{n}", Between(1, 400).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private bool Chance(double share) => Next() < share;

    // One handler serves several attempts at once, and its random numbers are not made for that.
    private int Between(int least, int most) => least + (int)(Next() * (most - least + 1));

    private double Next()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
