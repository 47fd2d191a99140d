using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Components.Groups;

/// <summary>What of a group has to change before it is worth reading it again: who is open, and how many of those are at work.</summary>
public readonly record struct GroupStand(ImmutableSortedDictionary<int, JobId>? Open, int Active)
{
    public static GroupStand Of(AdminState state, string group)
    {
        var open = state.Groups.Members(group);
        return new GroupStand(open, open.Values.Count(id => state.Jobs.GetValueOrDefault(id) is { IsActive: true }));
    }
}
