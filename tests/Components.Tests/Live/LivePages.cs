using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Forms;
using BlazorPluginAdmin.Components.Layout;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Shared;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using BlazorPluginAdmin.Server.Core.Observations;
using BlazorPluginAdmin.Server.Core.Security;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>Pages over a store that a test fills and breaks.</summary>
public abstract class LivePages : BunitContext
{
    /// <summary>Made by the pages that show output, and taken away again.</summary>
    private readonly string _logs = Path.Combine(Path.GetTempPath(), $"live-pages-{Path.GetRandomFileName()}");

    /// <param name="role">Of whoever looks; null: the admin.</param>
    protected LivePages(Role? role = null)
    {
        (var history, Switch) = BrokenHistory.Of(Store);
        Admin = new StillAdmin { History = history };
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton<TimeProvider>(new ManualTimeProvider());
        Services.AddSingleton<IAdmin>(Admin);
        Services.AddLive();
        Services.AddWho(role ?? Role.Admin);
        Services.AddScoped<Toasts>();
        Services.AddSingleton<IExecutionPlans, NoExecutionPlans>();
        Services.AddSingleton<Func<ShellOptions>>(() => new ShellOptions("", "1", "127.0.0.1:2", "http://127.0.0.1:1"));
        Services.AddScoped<ScheduleDraft>();
        Services.AddScoped<Unsaved>();
        Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        Services.AddScoped<ProtectedSessionStorage>();
        Services.AddScoped<DraftStore>();
        Services.AddSingleton<IExecutionPlans>(new NoExecutionPlans());
        Services.AddSingleton(new AdminOptions());
        Services.AddSingleton<IObservations>(new NoObservations());
        Services.AddSingleton<IBackups>(new NoBackups());
        Services.AddSingleton(_ => new JobLogStore(_logs));
        Services.AddSingleton<Func<ShellOptions>>(() => new ShellOptions("", "1", "localhost:33646", "http://localhost:23646"));
        Render<BatchHost>();
    }

    protected InMemoryAdminStore Store { get; } = new();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_logs))
        {
            Directory.Delete(_logs, recursive: true);
        }
    }

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

    private sealed class NoObservations : IObservations
    {
        public Feed<ObservationBook> Newest { get; } = new(ObservationBook.Empty);

        public Task<Reply<ObjectPreview>> PreviewAsync(Actor by, ImmutableArray<string> objectId, string format, int rowLimit, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class NoBackups : IBackups
    {
        public Feed<BackupShelf> Shelf { get; } = new(new BackupShelf("", 0, []));

        public BackupShelf Look() => Shelf.Current.Value;

        public Task<Reply<Backup>> MakeAsync(Actor by, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Reply<Backup>> DrillAsync(Actor by, string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Reply<Backup>> DeleteAsync(Actor by, string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Reply<string> FileOf(Actor by, string id) => throw new NotSupportedException();
    }
}
