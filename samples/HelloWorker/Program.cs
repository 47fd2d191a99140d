using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

var worker = new PluginWorker(new WorkerOptions { Address = args.FirstOrDefault() ?? "127.0.0.1:23646" }, new Hello());
await worker.RunForeverAsync();

internal sealed class Hello : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("hello", "Hello", "Greets people.")
        .Worker(form => form.Section("greeting", "Greeting", "", section => section.List("names", "Names", "One per line.", new[] { "world" })))
        .Runtime(new AdminRuntimeDefaults { Enabled = true, DetectionIntervalMinutes = 1, GlobalExecutionConcurrency = 4, PerWorkerExecutionConcurrency = 4 })
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
