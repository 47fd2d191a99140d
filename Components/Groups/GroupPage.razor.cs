using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using Microsoft.AspNetCore.Components;

namespace BlazorPluginAdmin.Components.Groups;

/// <summary>Jobs that were submitted together: how far they are, and the one thing to do to all of them. Stays as long as a member is kept.</summary>
public sealed partial class GroupPage : LiveComponent
{
    private GroupPicture? _group;
    private GroupStand? _stand;
    private string _of = "";
    private bool _isRead;

    [Parameter]
    public string Id { get; set; } = "";

    protected override TimeSpan RenderPace => TimeSpan.FromSeconds(1);

    [Inject]
    private Toasts Toasts { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (_of != Id)
        {
            (_of, _stand, _group, _isRead) = (Id, null, null, false);
            await OnModelAsync();
        }
    }

    /// <summary>Reads it again only when a member moved.</summary>
    protected override async Task OnModelAsync()
    {
        var state = Admin.States.Current.Value;
        var stand = GroupStand.Of(state, Id);
        if (stand == _stand)
        {
            return;
        }

        _stand = stand;
        var members = await Admin.History.GroupAsync(Id, Gone);
        (_group, _isRead) = (GroupPicture.From([.. members.Select(job => state.Jobs.GetValueOrDefault(job.Id, job))]), true);
    }

    private static IEnumerable<(GroupPart Part, int Start)> Bar(GroupPicture group)
    {
        var start = 0;
        foreach (var part in group.Parts.Where(part => part.Count > 0))
        {
            yield return (part, start);
            start += part.Count;
        }
    }

    private async Task CancelAsync()
    {
        var reply = await Admin.SendAsync(new CancelGroup(Who.Actor, Id, ""), Gone);
        Toasts.Say(reply.Refusal, $"{Words.Count(reply.Value?.Canceled ?? 0, "job")} canceled, or asked to stop.");
    }
}
