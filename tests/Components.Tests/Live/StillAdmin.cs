using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>An admin that publishes what a test says, and does nothing unless a test answers for it.</summary>
public sealed class StillAdmin : IAdmin
{
    public Feed<ReadModel> Views { get; } = new(ReadModel.Empty);

    public Feed<AdminState> States { get; } = new(AdminState.Empty);

    public JobJournal Journal { get; } = new(DateTimeOffset.UnixEpoch);

    public IAdminHistory History { get; init; } = new InMemoryAdminStore().History;

    /// <summary>What was asked of it by those who may.</summary>
    public List<object> Sent { get; } = [];

    /// <summary>Takes a command and says what it came to; null refuses all.</summary>
    public Func<object, object>? Answer { get; set; }

    public Task<Reply<T>> SendAsync<T>(Command<T> command, CancellationToken cancellationToken)
    {
        if (command.By.Refuse(command.Needs) is { } denied)
        {
            return Task.FromResult<Reply<T>>(denied);
        }

        Sent.Add(command);
        return Task.FromResult(Answer?.Invoke(command) is T answer ? answer : (Reply<T>)new Refusal(RefusalCode.Unavailable, "nothing is changed here"));
    }

    public WaitingExplanation? Explain(JobId job) => null;

    public WaitingReasons Reasons() => new(States.Current.Value, default);

    public Task<Reply<Job>> RetryAsync(Actor by, JobId job, CancellationToken cancellationToken, RetryChanges? changes = null) =>
        Task.FromResult<Reply<Job>>(new Refusal(RefusalCode.Unavailable, "nothing is changed here"));
}
