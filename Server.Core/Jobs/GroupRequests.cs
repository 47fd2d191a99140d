using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Jobs;

/// <summary>Groups: submitted and cancelled whole; what the end of one member means for the others.</summary>
public static class GroupRequests
{
    public const int Most = 10_000;

    /// <summary>Detail and parameters of all its jobs, in characters: each has a copy of its own.</summary>
    public const long Largest = 64 * 1024 * 1024;

    private const string IndexMark = "${index}";
    private const string GroupLabel = "group_id";
    private const string IndexLabel = "group_index";
    private const string EnvironmentField = "env";
    private const string IndexVariable = "JOB_INDEX";
    private const string CountVariable = "JOB_COUNT";
    private const string GroupVariable = "JOB_GROUP";

    public static Reply<GroupSubmission> Submit(Turn turn, SubmitGroup command)
    {
        if (Shape(command) is { } misshapen)
        {
            return misshapen;
        }

        var verdict = SubmitRules.Check(turn.State, command.Template, turn.Options, turn.Now, command.Parallel);
        turn.Put(verdict.Pace);
        if (verdict.Refusal is { } refusal)
        {
            return refusal;
        }

        if (verdict.Existing is { } existing)
        {
            return new GroupSubmission(existing.Group!.Id, true, [], []);
        }

        if (Forbidden(turn.JobType(command.Template.JobType), command, verdict.Parameters) is { } forbidden)
        {
            return forbidden;
        }

        if (command.Template.DryRun)
        {
            return new GroupSubmission("", false, [], verdict.Warnings);
        }

        var group = turn.Ids.Request("group", turn.Now).Value;
        var hasEnvironment = HasEnvironment(turn.JobType(command.Template.JobType).Descriptor);
        var jobs = ImmutableArray.CreateBuilder<JobId>(command.Parallel);
        for (var index = 0; index < command.Parallel; index++)
        {
            var place = new GroupPlace(group, index, command.Parallel, command.MaxRunning, command.FailPolicy);
            var parameters = Member(verdict.Parameters, index);
            if (hasEnvironment)
            {
                parameters = parameters.With(EnvironmentField, Environment(parameters.Find(EnvironmentField), place));
            }

            jobs.Add(JobFlow.Add(turn, JobOf(turn, command.Template, place), command.Template.Payload with { Parameters = parameters }).Id);
        }

        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "group",
            Message = $"group {group} of {command.Parallel} jobs submitted",
            JobType = command.Template.JobType,
            Actor = command.By.Name,
        });
        return new GroupSubmission(group, false, jobs.MoveToImmutable(), verdict.Warnings);
    }

    public static Reply<GroupCancel> Cancel(Turn turn, CancelGroup command)
    {
        var members = turn.State.Groups.Members(command.Group);
        return members.IsEmpty ? new Refusal(RefusalCode.NotFound, $"group {Shown(command.Group)} is not known or has ended")
            : SubmitRules.Reason(command.Reason) is { } odd ? odd
            : new GroupCancel(command.Group, CancelAll(turn, members, command.Reason, command.By));
    }

    /// <summary>Labels of a job that is repeated by itself: it is no member any more, and lost no worker yet.</summary>
    public static ImmutableSortedDictionary<string, string> LabelsAlone(Job job) =>
        (job.Group is null ? job.Labels : job.Labels.RemoveRange([GroupLabel, IndexLabel])).RemoveRange(job.IsQuarantined ? [Quarantine.Label] : []);

    /// <summary>Parameters for a submission like that of a member, or of its retry: without the place that its environment has, which nobody may submit.</summary>
    public static ConfigValues ParametersAlone(ConfigValues parameters) => parameters.Find(EnvironmentField) is ConfigValue.Map environment && PlaceIn(parameters).Count > 0
        ? parameters.With(EnvironmentField, new ConfigValue.Map(ConfigValues.From(environment.Fields.Where(pair => !IsPlace(pair.Key)))))
        : parameters;

    /// <summary>The place that the environment of a member has, as variables; empty: it has none. One of the names alone is somebody's own.</summary>
    public static ConfigValues PlaceIn(ConfigValues parameters) =>
        parameters.Find(EnvironmentField) is ConfigValue.Map environment && environment.Fields.Where(pair => IsPlace(pair.Key)).ToList() is { Count: 3 } place
            ? ConfigValues.From(place)
            : ConfigValues.Empty;

    /// <summary>What <see cref="ParametersAlone"/> took away is back.</summary>
    public static ConfigValues WithPlace(ConfigValues parameters, ConfigValues place) => place.Count == 0 ? parameters
        : parameters.With(EnvironmentField, new ConfigValue.Map((parameters.Find(EnvironmentField) is ConfigValue.Map environment ? environment.Fields : ConfigValues.Empty).Overlay(place)));

    /// <summary>A member has ended: room for the next one, or the end of all.</summary>
    internal static void MemberEnded(Turn turn, Job before, Job job)
    {
        var place = job.Group!;
        var open = turn.State.Groups.Members(place.Id);
        if (job.State == JobState.Failed && place.FailPolicy == GroupFailPolicy.CancelRest)
        {
            CancelAll(turn, open, $"{job.Id} of the same group failed", default);
        }
        else if (place.MaxRunning > 0 && before.Phase != JobPhase.Blocked
            && open.Values.Select(id => turn.State.Jobs[id]).FirstOrDefault(member => member.Phase == JobPhase.Blocked) is { } next)
        {
            JobFlow.Apply(turn, next, new JobInput.Release());
        }
    }

    /// <summary>Those that wait for room first: their end makes room for nobody.</summary>
    private static int CancelAll(Turn turn, ImmutableSortedDictionary<int, JobId> members, string reason, Actor by)
    {
        var canceled = 0;
        foreach (var id in members.Values.Reverse())
        {
            // The end of one may have ended others meanwhile; one that is being cancelled rejects it.
            if (turn.State.Jobs.GetValueOrDefault(id) is { } job && JobFlow.Apply(turn, job, new JobInput.Cancel(reason, Forced: false), by: by).Job is not null)
            {
                canceled++;
            }
        }

        return canceled;
    }

    private static Refusal? Shape(SubmitGroup command)
    {
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        if (command.Parallel is < 1 or > Most)
        {
            errors.Add(SubmitRules.Error("parallel", FieldErrorCodes.Max, $"a group has 1 to {Most} jobs"));
        }

        if (command.MaxRunning < 0 || command.MaxRunning > Most)
        {
            errors.Add(SubmitRules.Error("max_running", FieldErrorCodes.Max, $"0 to {Most} jobs of a group may run at once; 0 is all"));
        }

        if (command.Template.Id is not null || command.Template.DedupeKey.Length > 0)
        {
            errors.Add(SubmitRules.Error("template", FieldErrorCodes.Unknown, "the jobs of a group have ids and dedupe keys of their own"));
        }

        if (command.Template.Labels?.Count > LabelRules.Most - 2)
        {
            errors.Add(SubmitRules.Error("labels", FieldErrorCodes.MaxItems, $"a job of a group may have {LabelRules.Most - 2} labels besides those of the group"));
        }

        var payload = command.Template.Payload;
        var size = payload.Detail.Length + ConfigValueSize.Of(payload.Parameters);
        if (errors.Count == 0 && command.Parallel * size > Largest)
        {
            errors.Add(SubmitRules.Error("parameters", FieldErrorCodes.MaxItems, $"the parameters of all jobs of a group have {ConfigValueText.Size(Largest)} at most; {command.Parallel} times {ConfigValueText.Size(size)} is more: have the jobs read what they share from a file"));
        }

        return errors.Count == 0 ? null : SubmitRules.Invalid(errors.ToImmutable(), "value");
    }

    /// <summary>The number of a member may be part of the name of its command.</summary>
    private static Refusal? Forbidden(JobType type, SubmitGroup command, ConfigValues parameters)
    {
        if (CommandPolicy.Of(type) is not { } policy || !CommandPolicy.CommandOf(parameters).Contains(IndexMark, StringComparison.Ordinal))
        {
            return null;
        }

        return Enumerable.Range(0, command.Parallel).Select(index => policy.Check(Member(parameters, index))).FirstOrDefault(error => error is not null) is { } error
            ? SubmitRules.Invalid([error], "parameter")
            : null;
    }

    private static Job JobOf(Turn turn, SubmitJob template, GroupPlace place)
    {
        var job = JobRequests.JobOf(turn, template);
        return job with
        {
            Group = place,

            // The key of the group is that of its first job; the others would be twins under it.
            IdempotencyKey = place.Index == 0 ? job.IdempotencyKey : "",
            IdempotencyDigest = place.Index == 0 ? job.IdempotencyDigest : "",
            Labels = job.Labels.SetItem(GroupLabel, place.Id).SetItem(IndexLabel, Text(place.Index)),
            Summary = job.Summary.Replace(IndexMark, Text(place.Index), StringComparison.Ordinal),
            Phase = place.MaxRunning > 0 && place.Index >= place.MaxRunning ? JobPhase.Blocked : job.Phase,
        };
    }

    private static bool IsPlace(string variable) => variable is IndexVariable or CountVariable or GroupVariable;

    private static bool HasEnvironment(Descriptor? descriptor)
    {
        var form = (descriptor is null ? FormSchema.Empty : FormDefaults.WorkerForm(descriptor)).Only(FormPart.Submission);
        return form.Fields.Any(field => field.Name == EnvironmentField && form.KindOf(field) == ConfigKind.Map);
    }

    private static ConfigValue.Map Environment(ConfigValue? given, GroupPlace place) => new((given is ConfigValue.Map map ? map.Fields : ConfigValues.Empty)
        .With(IndexVariable, new ConfigValue.Text(Text(place.Index)))
        .With(CountVariable, new ConfigValue.Text(Text(place.Count)))
        .With(GroupVariable, new ConfigValue.Text(place.Id)));

    private static ConfigValues Member(ConfigValues values, int index) => ConfigValues.From(values.Select(pair => KeyValuePair.Create(pair.Key, Member(pair.Value, index))));

    private static ConfigValue Member(ConfigValue value, int index) => value switch
    {
        ConfigValue.Text text => new ConfigValue.Text(Member(text.Value, index)),
        ConfigValue.TextList list => new ConfigValue.TextList([.. list.Values.Select(text => Member(text, index))]),
        ConfigValue.List list => new ConfigValue.List([.. list.Values.Select(element => Member(element, index))]),
        ConfigValue.Map map => new ConfigValue.Map(Member(map.Fields, index)),
        _ => value,
    };

    private static string Member(string text, int index) => text.Replace(IndexMark, Text(index), StringComparison.Ordinal);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Shown(string id) => id.Length <= 128 ? id : id[..128];
}
