using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>Pages over a store that a test fills and breaks.</summary>
public abstract class LivePages : BunitContext
{
    protected LivePages()
    {
        (var history, Switch) = BrokenHistory.Of(Store);
        Admin = new StillAdmin { History = history };
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        Services.AddSingleton<IAdmin>(Admin);
        Services.AddLive();
        Services.AddScoped<Toasts>();
        Render<BatchHost>();
    }

    protected InMemoryAdminStore Store { get; } = new();

    protected BrokenHistory Switch { get; }

    protected StillAdmin Admin { get; }

    protected static Job Succeeded(string id) => new()
    {
        Id = new JobId(id),
        JobType = "echo",
        DedupeKey = id,
        Summary = id,
        State = JobState.Succeeded,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        DueAt = DateTimeOffset.UnixEpoch,
        CompletedAt = DateTimeOffset.UnixEpoch,
    };
}
