using System.Runtime.InteropServices;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

// The admin: the first argument, else PLUGIN_ADMIN, else 127.0.0.1:23646. At SIGTERM and Ctrl+C what runs is finished.
var options = args is [var address, ..] ? new WorkerOptions { Address = address } : new WorkerOptions();
var worker = new PluginWorker(options, new Hello());
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await worker.RunForeverAsync();

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    _ = worker.StopAsync();
}

internal sealed class Hello : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("hello", "Hello", "Greets people.")
        .Worker(form => form.Section("greeting", "Greeting", "", section => section.List("names", "Names", "One per line.", new[] { "world" })))
        .Runtime(runtime => { runtime.DetectionIntervalMinutes = 1; runtime.GlobalExecutionConcurrency = 4; runtime.PerWorkerExecutionConcurrency = 4; })
        .Build();

    public async Task DetectAsync(DetectionContext context)
    {
        foreach (var name in context.Config.Texts("names"))
        {
            await context.ProposeAsync(new Proposal { Id = name, Summary = $"greet {name}", Parameters = new ValueSet { ["name"] = name } });
        }
    }

    public Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        context.Report(50, "thinking");
        context.WriteLine($"Hello, {context.Config.Text("name")}!");
        return Task.FromResult(JobOutcome.Succeeded("greeted"));
    }
}
