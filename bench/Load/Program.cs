using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

// Usage: Load HTTP_ADDRESS GRPC_ADDRESS [workers] [slots] [jobs]
// Workers of this process propose no-op jobs in one detection and run them; the admin is a process of its own.
// A run counts only when every proposed job was executed exactly once and the admin says that all succeeded.
var http = new HttpClient { BaseAddress = new Uri(args[0]), Timeout = TimeSpan.FromMinutes(10) };
int Number(int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;
var (workers, slots, jobs) = (Number(2, 8), Number(3, 16), Number(4, 20_000));

var executed = new ConcurrentDictionary<string, int>();
using var stop = new CancellationTokenSource();
var running = Enumerable.Range(0, workers).Select(n => Task.Run(async () =>
{
    await using var worker = new PluginWorker(new WorkerOptions { Address = $"grpc://{args[1]}", WorkerId = $"load-{n}", ExecutionSlots = slots }, new Noop(jobs, executed));
    try
    {
        await worker.RunForeverAsync(cancellationToken: stop.Token);
    }
    catch (OperationCanceledException)
    {
        // The measurement is over.
    }
})).ToList();

while (!(await http.GetStringAsync("/api/plugin/job-types/noop/config")).Contains("\"updated_by\": \"plugin\"", StringComparison.Ordinal))
{
    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
}

// The longest pause of an answer while the flood is taken in.
using var probing = new CancellationTokenSource();
var longest = TimeSpan.Zero;
var probe = Task.Run(async () =>
{
    while (!probing.IsCancellationRequested)
    {
        var asked = Stopwatch.StartNew();
        await http.GetStringAsync("/api/plugin/status");
        longest = asked.Elapsed > longest ? asked.Elapsed : longest;
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }
});
var watch = Stopwatch.StartNew();
var answer = await http.PostAsJsonAsync("/api/plugin/job-types/noop/run", new { timeout_seconds = 600 });
var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
var took = watch.Elapsed;
await probing.CancelAsync();
await probe;
await stop.CancelAsync();
await Task.WhenAll(running);
var succeeded = result.GetProperty("success_count").GetInt32();
var exact = executed.Count == jobs && executed.Values.All(count => count == 1) && succeeded == jobs;
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"workers {workers} x {slots} slots, jobs {jobs}: {took.TotalSeconds:0.00} s, {jobs / took.TotalSeconds:0} jobs/s, exact delivery {(exact ? "yes" : "NO")}, longest answer of the status route meanwhile {longest.TotalMilliseconds:0} ms"));
return exact ? 0 : 1;

internal sealed class Noop(int jobs, ConcurrentDictionary<string, int> executed) : IJobHandler
{
    public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder("noop", "No-op")
        .Runtime(new AdminRuntimeDefaults { GlobalExecutionConcurrency = 128, PerWorkerExecutionConcurrency = 128, MaxJobsPerDetection = 1_000_000, DetectionTimeoutSeconds = 600, ExecutionTimeoutSeconds = 600 })
        .Build();

    public async Task DetectAsync(DetectionContext context)
    {
        for (var n = 0; n < jobs; n++)
        {
            await context.ProposeAsync(new Proposal { Id = n.ToString(CultureInfo.InvariantCulture), Summary = "nothing to do" });
        }
    }

    public Task<JobOutcome> ExecuteAsync(JobContext context)
    {
        executed.AddOrUpdate(context.JobId, 1, (_, count) => count + 1);
        return Task.FromResult(JobOutcome.Succeeded("done"));
    }
}
