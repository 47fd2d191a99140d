using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using BlazorPluginAdmin.Wire;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Crash.Tests;

/// <summary>Who worked on what, and when.</summary>
internal sealed class Runs
{
    private readonly ConcurrentBag<Run> _all = [];

    public int Count => _all.Count;

    /// <summary>Runs of jobs that had been begun before.</summary>
    public int Again => _all.Count - _all.DistinctBy(run => run.Job).Count();

    /// <summary>Jobs that were worked on to the end.</summary>
    public int Finished => _all.Where(run => run.Finished).Select(run => run.Job).Distinct().Count();

    /// <summary>Pairs of runs of one job that were under way at the same time, on two workers or on one.</summary>
    public int Overlaps => _all
        .GroupBy(run => run.Job)
        .Sum(job => job.OrderBy(run => run.From).Zip(job.OrderBy(run => run.From).Skip(1)).Count(pair => pair.Second.From < pair.First.To));

    public void Add(Run run) => _all.Add(run);
}

/// <param name="From">Stamps of the machine's clock.</param>
internal sealed record Run(string Job, string Worker, long From, long To, bool Finished);

/// <summary>The job type <c>recorded</c>: its workers write down when they worked on what, to the end or not.</summary>
internal static class Recorded
{
    public const string JobType = "recorded";

    public static PluginWorker Worker(string id, int port, Runs runs) => new(
        new WorkerOptions { Address = $"grpc://127.0.0.1:{port}", WorkerId = id, ExecutionSlots = 16 }, new Handler(id, runs));

    public static async Task ForeverAsync(PluginWorker worker, CancellationToken stop)
    {
        try
        {
            await worker.RunForeverAsync(new RestartPolicy { LongestDelay = TimeSpan.FromSeconds(1) }, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    public static async Task KnownAsync(HttpClient http)
    {
        while ((await http.GetFromJsonAsync<JsonElement>(new Uri($"/api/plugin/job-types/{JobType}/config", UriKind.Relative))).GetProperty("updated_by").GetString() != "plugin")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Every job with its state, once all have ended.</summary>
    public static async Task<SortedDictionary<string, string>> SettledAsync(HttpClient http)
    {
        while (true)
        {
            var states = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var after = ""; after is not null;)
            {
                using var answer = await http.GetAsync(new Uri($"/api/plugin/jobs?job_type={JobType}&limit=500&after={after}", UriKind.Relative));
                foreach (var job in (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray())
                {
                    states[job.GetProperty("job_id").GetString()!] = job.GetProperty("state").GetString()!;
                }

                after = answer.Headers.TryGetValues("X-Next-Cursor", out var next) ? next.Single() : null;
            }

            if (!states.Values.Any(state => state is "job_state_pending" or "job_state_assigned" or "job_state_running"))
            {
                return states;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    private sealed class Handler(string worker, Runs runs) : IJobHandler
    {
        public JobTypeDescriptor Descriptor { get; } = new DescriptorBuilder(JobType, "Recorded")
            .Runtime(runtime => { runtime.Enabled = false; runtime.GlobalExecutionConcurrency = 64; runtime.PerWorkerExecutionConcurrency = 16; runtime.RetryLimit = 9; runtime.RetryBackoffSeconds = 1; runtime.ExecutionTimeoutSeconds = 120; })
            .Build();

        public bool CanDetect => false;

        public async Task<JobOutcome> ExecuteAsync(JobContext context)
        {
            var from = Stopwatch.GetTimestamp();
            var finished = false;
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, context.Canceled);
                finished = true;
                return JobOutcome.Succeeded("done");
            }
            finally
            {
                runs.Add(new Run(context.JobId, worker, from, Stopwatch.GetTimestamp(), finished));
            }
        }
    }
}
