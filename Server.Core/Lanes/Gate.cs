using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>
/// Among the gated types, a job of an exclusive one that somebody asked for shares its time with no detection and no other job
/// that somebody asked for, whatever their lanes. What detection found is kept apart by lane and lock.
/// </summary>
public sealed class Gate
{
    private (string Type, string Text) _alone = ("", "");
    private (string Type, string Text) _shared = ("", "");

    public static Gate From(AdminState state)
    {
        var gate = new Gate();
        foreach (var type in state.JobTypes.Values.Where(type => type.Rules.Gated))
        {
            if (type.ActiveDetection is { } id && state.Detections[id].IsSent && !type.Rules.Exclusive)
            {
                gate._shared = (type.Name, $"a detection of {type.Name}");
            }

            if (type.Active.Any(job => state.Jobs[job].IsAsked))
            {
                gate.Note(type);
            }
        }

        return gate;
    }

    public Hold? OnDetection(JobType type) => Shared(type);

    /// <summary>For jobs that somebody asked for.</summary>
    public Hold? OnJob(JobType type) => !type.Rules.Gated ? null
        : !type.Rules.Exclusive ? Shared(type)
        : (_shared.Text.Length > 0 ? _shared : _alone) is { Text.Length: > 0 } other ? new Hold("gate", $"{type.Name} runs alone; now at work: {other.Text}", Subject: other.Type)
        : null;

    /// <summary>A job of this type that somebody asked for is at work, or about to be.</summary>
    public void Note(JobType type)
    {
        if (type.Rules.Gated)
        {
            _ = type.Rules.Exclusive ? _alone = (type.Name, $"a job of {type.Name}") : _shared = (type.Name, $"a job of {type.Name}");
        }
    }

    private Hold? Shared(JobType type) => _alone.Text.Length > 0 ? new Hold("gate", $"{type.Name} waits: {_alone.Text} runs alone", Subject: _alone.Type) : null;
}
