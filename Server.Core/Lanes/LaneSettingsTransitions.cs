using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Lanes;

/// <summary>Lanes are data: people change them while work goes on. What runs, runs on; a turn that is under way ends by itself.</summary>
public static class LaneSettingsTransitions
{
    private const int MostLanes = 50;

    public static Reply<LaneRules> Save(Turn turn, SaveLane command)
    {
        var book = turn.State.Lanes;
        var lane = command.Lane;
        if (lane.Name.Length is 0 or > 64 || !lane.Name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-'))
        {
            return new Refusal(RefusalCode.Invalid, "the name of a lane has 1 to 64 of A-Z a-z 0-9 _ . -");
        }

        if (book.Settings.Find(lane.Name) is null && book.Settings.Lanes.Length >= MostLanes)
        {
            return new Refusal(RefusalCode.Exhausted, $"there are {MostLanes} lanes; remove one first");
        }

        if (lane.IdleSleepSeconds is < 1 or > 86400)
        {
            return new Refusal(RefusalCode.Invalid, "idle_sleep_sec must be between 1 and 86400");
        }

        Change(turn, book.Changes with { Lanes = book.Changes.Lanes.SetItem(lane.Name, lane) }, command.By, $"lane {lane.Name} saved: {Words(lane)}");
        return lane;
    }

    public static Reply<LaneSettings> Reset(Turn turn, ResetLane command)
    {
        var book = turn.State.Lanes;
        if (!book.Changes.Lanes.ContainsKey(command.Lane))
        {
            return new Refusal(book.Settings.Find(command.Lane) is null ? RefusalCode.NotFound : RefusalCode.WrongState, $"nobody has changed a lane {command.Lane}");
        }

        var isOurs = turn.Options.Lanes.Find(command.Lane) is not null;
        if (!isOurs && turn.State.JobTypes.Values.FirstOrDefault(type => type.Rules.Lane == command.Lane) is { } inside)
        {
            return new Refusal(RefusalCode.WrongState, $"job type {inside.Name} is in lane {command.Lane}; place it elsewhere first");
        }

        Change(turn, book.Changes with { Lanes = book.Changes.Lanes.Remove(command.Lane) }, command.By, isOurs ? $"lane {command.Lane} is as shipped again" : $"lane {command.Lane} removed");
        return turn.State.Lanes.Settings;
    }

    public static Reply<TypeRules> Place(Turn turn, PlaceJobType command)
    {
        var book = turn.State.Lanes;
        if (!turn.State.JobTypes.ContainsKey(command.JobType))
        {
            return new Refusal(RefusalCode.NotFound, $"job type {command.JobType} is not known");
        }

        if (command.Placement is { } placement && book.Settings.Find(placement.Lane) is null)
        {
            return new Refusal(RefusalCode.Invalid, $"there is no lane {placement.Lane}; there are: {string.Join(", ", book.Settings.Lanes.Select(lane => lane.Name))}");
        }

        Change(
            turn,
            book.Changes with { Types = command.Placement is { } given ? book.Changes.Types.SetItem(command.JobType, given) : book.Changes.Types.Remove(command.JobType) },
            command.By,
            $"job type {command.JobType} is in lane {command.Placement?.Lane ?? turn.Options.Lanes.Of(command.JobType).Lane}");
        return turn.JobType(command.JobType).Rules;
    }

    /// <summary>The shipped lanes with these changes, and every job type with the rules that follow.</summary>
    public static void Apply(Turn turn, LaneChanges changes)
    {
        var settings = turn.Options.Lanes.With(changes);
        turn.Put(turn.State.Lanes with { Settings = settings, Shipped = turn.Options.Lanes, Changes = changes });
        foreach (var type in turn.State.JobTypes.Values.Where(type => type.Rules != settings.Of(type.Name)))
        {
            turn.Put(type with { Rules = settings.Of(type.Name) });
        }

        foreach (var gone in turn.State.Lanes.Turns.Values.Where(lane => settings.Find(lane.Lane) is not { Serialise: true }).ToList())
        {
            turn.Remove(gone);
        }

        foreach (var held in turn.State.Lanes.Turns.Values.Where(lane => lane.JobType.Length > 0 && turn.JobType(lane.JobType).Rules.Lane != lane.Lane).ToList())
        {
            turn.Put(held with { JobType = "", Since = null, IsClosed = false });
        }
    }

    private static void Change(Turn turn, LaneChanges changes, Actor by, string what)
    {
        turn.Save(new Change.LanesSaved(changes));
        Apply(turn, changes);
        turn.Log(new Activity { Sequence = 0, At = default, Source = "person", Stage = "lanes", Message = what, Actor = by.Name });
    }

    private static string Words(LaneRules lane) =>
        (lane.Serialise ? "one job type at a time" : "job types side by side") + (lane.ClusterLock ? ", under the cluster lock" : ", without the cluster lock");
}
