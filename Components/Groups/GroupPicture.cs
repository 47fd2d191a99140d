using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Groups;

/// <summary>Members of a group in one state.</summary>
/// <param name="States">As in a query.</param>
/// <param name="Style">Of its part of the bar.</param>
public sealed record GroupPart(string Name, string States, string Style, int Count);

/// <summary>A group as its page shows it.</summary>
/// <param name="First">What is said of the whole group is said by any member.</param>
/// <param name="Members">By index.</param>
public sealed record GroupPicture(GroupView View, Job First, ImmutableArray<Job> Members)
{
    /// <summary>Null: there is no such group, or none any more.</summary>
    public static GroupPicture? From(ImmutableArray<Job> members) => GroupView.From(members) is { } view ? new GroupPicture(view, members[0], members) : null;

    public GroupPlace Place => First.Group!;

    public bool IsOpen => View.State is GroupState.Pending or GroupState.Running;

    public int Ended => View.Succeeded + View.Failed + View.Canceled;

    /// <summary>Members that ended and were deleted since.</summary>
    public int Gone => View.Total - Members.Length;

    public JobState State => View.State switch
    {
        GroupState.Pending => JobState.Pending,
        GroupState.Running => JobState.Running,
        GroupState.Succeeded => JobState.Succeeded,
        GroupState.Failed => JobState.Failed,
        GroupState.Canceled => JobState.Canceled,
        _ => throw new InvalidOperationException($"unknown state {View.State}"),
    };

    /// <summary>In the order of a job's life, which the bar has too.</summary>
    public ImmutableArray<GroupPart> Parts =>
    [
        new("Succeeded", "succeeded", "done", View.Succeeded), new("Failed", "failed", "failed", View.Failed), new("Canceled", "canceled", "canceled", View.Canceled),
        new("Running", "active", "active", View.Running), new("Pending", "pending", "queued", View.Pending),
    ];

    public string Summary => string.Join(", ", Parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Name.ToLowerInvariant()}"));
}
