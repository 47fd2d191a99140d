using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>An admin that publishes what a test says, and takes no commands.</summary>
public sealed class StillAdmin : IAdmin
{
    public Feed<ReadModel> Views { get; } = new(ReadModel.Empty);

    public Feed<AdminState> States { get; } = new(AdminState.Empty);

    public IAdminHistory History { get; } = new InMemoryAdminStore().History;

    public Task<Reply<T>> SendAsync<T>(Command<T> command, CancellationToken cancellationToken) =>
        Task.FromResult<Reply<T>>(new Refusal(RefusalCode.Unavailable, "nothing is changed here"));

    public WaitingExplanation? Explain(JobId job) => null;

    public Task<Reply<Job>> RetryAsync(Actor by, JobId job, CancellationToken cancellationToken) =>
        Task.FromResult<Reply<Job>>(new Refusal(RefusalCode.Unavailable, "nothing is changed here"));
}
