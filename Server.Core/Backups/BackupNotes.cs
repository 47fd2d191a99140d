using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Security;

namespace BlazorPluginAdmin.Server.Core.Backups;

/// <summary>Puts on record what was done with a backup; the engine has no other part in it.</summary>
public sealed record NoteBackup(Actor By, string Message, bool IsBad = false) : Command<string>(By, Permission.SystemControl);

public static class BackupNotes
{
    public static Reply<string> Note(Turn turn, NoteBackup command)
    {
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "backup",
            Message = command.Message,
            Severity = command.IsBad ? ActivitySeverity.Bad : ActivitySeverity.Normal,
            Actor = command.By.Name,
        });
        return command.Message;
    }
}
