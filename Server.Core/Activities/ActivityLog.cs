using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Activities;

/// <summary>The newest activities; older ones are in the store.</summary>
public static class ActivityLog
{
    public const int Capacity = 1000;

    public static AdminState Append(AdminState state, Activity activity)
    {
        var activities = state.Activities.Enqueue(activity);
        var count = state.ActivityCount + 1;
        if (count > Capacity)
        {
            activities = activities.Dequeue();
            count = Capacity;
        }

        return state with { Activities = activities, ActivityCount = count, LastActivity = activity.Sequence };
    }
}
