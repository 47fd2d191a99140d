using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Queries;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using Google.Protobuf.WellKnownTypes;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>The filter of the contract → the store's.</summary>
internal static class ClientFilter
{
    /// <summary>Jobs that are named one by one.</summary>
    private const int MostNamed = 5;

    /// <exception cref="RpcException">No job can ever match it; an empty answer would be taken for "there are none".</exception>
    public static JobFilter Read(IAdmin admin, V1.JobFilter? wire)
    {
        if (wire is null)
        {
            return new JobFilter();
        }

        NoneIsEmpty(wire);
        if (wire.HasMinPriority && wire.HasMaxPriority && wire.MinPriority > wire.MaxPriority)
        {
            throw Wrong("min_priority", $"min_priority {wire.MinPriority} is above max_priority {wire.MaxPriority}");
        }

        var types = Types(admin, wire);
        var ids = Ids(admin, wire);
        return new JobFilter
        {
            JobTypes = types,
            States = States(wire.States, "states"),
            Phases = Words<JobPhase>(wire.Phases, "phases", "phase"),
            Reasons = Words<JobReason>(wire.Reasons, "reasons", "reason"),
            Origins = Words<JobOrigin>(wire.Origins, "origins", "origin"),
            Workers = wire.WorkerId.Length == 0 ? [] : [new WorkerId(wire.WorkerId)],
            Labels = [.. wire.Labels.Select(label => new LabelMatch(label.Key, label.Value.Length == 0 ? [] : [label.Value]))],
            Groups = wire.GroupId.Length == 0 ? [] : [wire.GroupId],
            Texts = wire.Text.Length == 0 ? [] : [wire.Text],
            Created = Range(wire.CreatedAfter, wire.CreatedBefore, "created"),
            Completed = Range(wire.CompletedAfter, wire.CompletedBefore, "completed"),
            Ids = ids,
            Not = wire.NotStates.Count == 0 ? [] : [new JobFilter { States = States(wire.NotStates, "not_states") }],
            PriorityFrom = wire.HasMinPriority ? Priority(wire.MinPriority, "min_priority") : null,
            PriorityTo = wire.HasMaxPriority ? Priority(wire.MaxPriority, "max_priority") : null,
            Fingerprints = wire.Fingerprint.Length == 0 ? [] : [wire.Fingerprint],
            SubmittedBy = wire.SubmittedBy.Length == 0 ? [] : [wire.SubmittedBy],
        };
    }

    /// <summary>What was asked for, in one line for people: <c>job_types=command states=failed,canceled labels=site:a</c>.</summary>
    public static string Words(V1.JobFilter wire)
    {
        var words = new List<string>();
        foreach (var field in V1.JobFilter.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(wire);
            var text = value switch
            {
                _ when field.HasPresence && !field.Accessor.HasValue(wire) => "",
                Timestamp at => at.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                IDictionary<string, string> labels => string.Join(',', labels.Select(label => $"{label.Key}:{label.Value}")),
                IEnumerable<Wire.JobState> states => string.Join(',', states.Select(state => QueryKeys.Word((JobState)state))),
                IEnumerable<string> ids when field.FieldNumber == V1.JobFilter.JobIdsFieldNumber && ids.Skip(MostNamed).Any() => $"{ids.Count()} ids",
                IEnumerable<string> all => string.Join(',', all),
                _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
            };
            if (text.Length > 0)
            {
                words.Add($"{field.Name}={text}");
            }
        }

        return string.Join(' ', words);
    }

    /// <summary>A lane is its types; a lane of none, or none that is asked for too, holds nothing.</summary>
    private static ImmutableArray<string> Types(IAdmin admin, V1.JobFilter wire)
    {
        if (wire.Lane.Length == 0)
        {
            return [.. wire.JobTypes];
        }

        var inLane = admin.Views.Current.Value.Lane(wire.Lane)?.JobTypes ?? throw ClientErrors.NotFound("lane", wire.Lane);
        return [.. (wire.JobTypes.Count == 0 ? inLane : inLane.Intersect(wire.JobTypes, StringComparer.Ordinal)).DefaultIfEmpty("")];
    }

    /// <summary>Why jobs wait is stored nowhere: each that does is asked.</summary>
    private static ImmutableArray<JobId> Ids(IAdmin admin, V1.JobFilter wire)
    {
        var ids = wire.JobIds.Select(id => new JobId(id));
        if (wire.WaitingCodes.Count == 0)
        {
            return [.. ids];
        }

        if (wire.WaitingCodes.FirstOrDefault(code => !WaitingCodes.All.Contains(code)) is { } unknown)
        {
            throw None("waiting_codes", "waiting code", unknown, WaitingCodes.All);
        }

        var (jobs, reasons) = (admin.States.Current.Value.Jobs, admin.Reasons());
        var asked = wire.JobIds.Count == 0 ? jobs.Values : ids.Select(jobs.GetValueOrDefault).OfType<Job>();
        return [.. asked.Where(job => reasons.Of(job) is { } waiting && wire.WaitingCodes.Contains(waiting.Code)).Select(job => job.Id).DefaultIfEmpty(new JobId(""))];
    }

    private static ImmutableArray<JobState> States(IEnumerable<Wire.JobState> states, string field) =>
        [.. states.Select(state => state != Wire.JobState.Unspecified && System.Enum.IsDefined(state) ? (JobState)state : throw None(field, "job state", QueryKeys.Word(state), System.Enum.GetValues<JobState>().Select(QueryKeys.Word)))];

    private static ImmutableArray<T> Words<T>(IEnumerable<string> words, string field, string what)
        where T : struct, System.Enum => [.. words.Select(word => Find<T>(word) ?? throw None(field, what, word, System.Enum.GetValues<T>().Select(QueryKeys.Word)))];

    private static T? Find<T>(string word)
        where T : struct, System.Enum => System.Enum.GetValues<T>().Where(value => QueryKeys.Word(value) == word).Select(value => (T?)value).FirstOrDefault();

    private static int Priority(int priority, string field) => priority is >= 0 and <= 100 ? priority : throw Wrong(field, $"{field} is 0 to 100");

    private static TimeRange Range(Timestamp? after, Timestamp? before, string what)
    {
        var range = new TimeRange(ClientMapper.At(after, $"{what}_after"), ClientMapper.At(before, $"{what}_before"));
        return range.From > range.Until ? throw Wrong($"{what}_after", $"{what}_after is later than {what}_before") : range;
    }

    /// <summary>An entry without a name comes from a variable that was not set.</summary>
    private static void NoneIsEmpty(V1.JobFilter wire)
    {
        foreach (var field in V1.JobFilter.Descriptor.Fields.InFieldNumberOrder())
        {
            var entries = field.Accessor.GetValue(wire) switch { IDictionary<string, string> labels => labels.Keys, IEnumerable<string> all => all, _ => [] };
            if (entries.Contains(""))
            {
                throw Wrong(field.Name, $"{field.Name} has an entry that is empty; leave it out, or say which");
            }
        }
    }

    private static RpcException None(string field, string what, string word, IEnumerable<string> known) =>
        Wrong(field, $"there is no {what} '{Components.Shared.Words.Visible(word.Length > 64 ? word[..64] : word)}'; there are {string.Join(", ", known)}");

    private static RpcException Wrong(string field, string text) => ClientErrors.Invalid(field, text, "filter");
}
