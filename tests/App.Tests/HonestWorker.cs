using BlazorPluginAdmin.Wire;
using Body = BlazorPluginAdmin.Wire.AdminToWorkerMessage.BodyOneofCase;

namespace BlazorPluginAdmin.App.Tests;

/// <summary>A worker that does what it is asked, beside one that does not.</summary>
public sealed class HonestWorker : IAsyncDisposable
{
    private readonly RunningAdmin _admin;
    private readonly string _type;
    private readonly ScriptedWorker _worker;
    private readonly Task _serving;

    private HonestWorker(RunningAdmin admin, string type)
    {
        _admin = admin;
        _type = type;
        _worker = new ScriptedWorker(admin.GrpcAddress, $"w-{type}");
        _serving = ServeAsync();
    }

    public static async Task<HonestWorker> ConnectAsync(RunningAdmin admin, string type)
    {
        var worker = new HonestWorker(admin, type);
        await admin.UntilAsync(state => state.JobTypes.ContainsKey(type), $"{type} is offered");
        return worker;
    }

    /// <summary>Jobs one after the other, each submitted, dispatched, done and answered; and lists read in between.</summary>
    public async Task WorkAsync(int jobs)
    {
        for (var n = 0; n < jobs; n++)
        {
            var completion = await _admin.PostAsync("/api/plugin/jobs/execute", $$$"""{"job":{"job_type":"{{{_type}}}"},"timeout_seconds":60}""");
            Assert.True(completion.GetProperty("success").GetBoolean());
            await _admin.GetAsync("/api/plugin/workers");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.HalfCloseAsync();
        await _serving;
        _worker.Dispose();
    }

    private async Task ServeAsync()
    {
        await _worker.HelloAsync(_type);
        while (await _worker.NextAsync() is { } asked)
        {
            if (asked.BodyCase == Body.ExecuteJobRequest)
            {
                var job = asked.ExecuteJobRequest.Job;
                await _worker.SendAsync(new WorkerToAdminMessage { JobCompleted = new JobCompleted { RequestId = asked.RequestId, JobId = job.JobId, JobType = job.JobType, Success = true } });
            }
        }
    }
}
