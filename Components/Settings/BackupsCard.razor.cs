using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Backups;
using BlazorPluginAdmin.Server.Core.Engine;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Settings;

/// <summary>Copies of the store. What is under way shows in every browser, whoever began it.</summary>
public sealed partial class BackupsCard : LiveComponent
{
    private BackupShelf _shelf = new("", 0, []);

    [Inject]
    private IBackups Backups { get; set; } = default!;

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    /// <summary>Nothing of the model.</summary>
    protected override object? Slice => nameof(BackupsCard);

    /// <summary>What a person began here is followed to its end.</summary>
    protected override bool StandsStill => false;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        Backups.Look();
        _shelf = Follow(Backups.Shelf, shelf =>
        {
            _shelf = shelf;
            return Task.CompletedTask;
        });
    }

    private static string Name(string id) => $"backup {id}";

    private static string Contents(StoreContents contents) =>
        $"{Words.Count(contents.JobTypes, "job type")}, {Words.Number(contents.OpenJobs)} open and {Words.Count(contents.EndedJobs, "ended job")}, {Words.Count(contents.ConfigVersions, "config version")}"
        + (contents.LostSecrets > 0 ? $"; {Words.Count(contents.LostSecrets, "secret")} would have to be set again, the keys are not here" : "");

    private async Task MakeAsync()
    {
        var reply = await Backups.MakeAsync(Who.Actor, Gone);
        Toasts.Say(reply.Refusal, "The backup is made. A drill shows whether it restores.");
    }

    private async Task DrillAsync(Backup backup)
    {
        var reply = await Backups.DrillAsync(Who.Actor, backup.Id, Gone);
        Toasts.Say(reply.Refusal, reply.Value?.Drill is { Restores: true } ? "It would restore." : "It would not restore.");
    }

    private async Task DeleteAsync(Backup backup) => Toasts.Say((await Backups.DeleteAsync(Who.Actor, backup.Id, Gone)).Refusal, "The backup is deleted.");
}
