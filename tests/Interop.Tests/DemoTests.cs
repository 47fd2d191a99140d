using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Interop.Tests;

/// <summary>What a newcomer sees first: the fleet of <c>run.sh --demo</c>, as a process of its own.</summary>
public sealed class DemoTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Fleet_BringsWorkThatRuns_Waits_AndSucceeds()
    {
        await using var admin = await AdminApp.StartAsync(new AppOptions { Port = 0, GrpcPort = 0, Ephemeral = true });
        var program = AppContext.BaseDirectory.Replace(Path.Combine("tests", "Interop.Tests"), Path.Combine("samples", "DemoFleet"), StringComparison.Ordinal);
        await using var fleet = PeerProcess.Start("dotnet", [Path.Combine(program, "DemoFleet.dll"), $"grpc://{admin.GrpcAddress}", admin.HttpAddress]);
        var views = admin.Services.GetRequiredService<IAdmin>().Views;

        await UntilAsync("24 workers with five types", model => model.Workers.Count(view => view.Worker.Health == WorkerHealth.Healthy) == 24 && model.JobTypes.Length == 5);
        await UntilAsync("detected work that runs", model => model.JobTypes.SelectMany(type => type.Queue).Any(view => view.Job is { State: JobState.Running, IsAsked: false }));
        await UntilAsync("a job no worker may take", model => model.JobTypes.SelectMany(type => type.Queue).Any(view => view.Waiting?.Code == "labels"));
        await UntilAsync("a job for later", model => model.JobTypes.SelectMany(type => type.Queue).Any(view => view.Job.Phase == JobPhase.Scheduled));
        await UntilAsync("successes", model => model.JobTypes.Any(type => type.Counts.Succeeded > 0));

        async Task UntilAsync(string what, Func<ReadModel, bool> holds)
        {
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            try
            {
                for (var version = -1L; ;)
                {
                    (version, var model) = await views.NewerAsync(version, limit.Token);
                    if (holds(model))
                    {
                        return;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what} did not come\n{fleet}");
            }
        }
    }
}
