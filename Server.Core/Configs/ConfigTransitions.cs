using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.JobTypes;

namespace BlazorPluginAdmin.Server.Core.Configs;

/// <summary>Saved values of a job type: first from its descriptor, then by people, each save a new version.</summary>
public static class ConfigTransitions
{
    /// <summary>The first config of a type comes from its descriptor and never overwrites one that is there.</summary>
    public static void Bootstrap(Turn turn, Descriptor descriptor)
    {
        var type = turn.JobType(descriptor.JobType);
        if (type.Config is not null)
        {
            return;
        }

        Store(turn, type, new ConfigDocument
        {
            JobType = descriptor.JobType,
            Version = 1,
            DescriptorVersion = descriptor.Version,
            AdminValues = FormDefaults.WithoutReadOnly(descriptor.AdminForm, FormDefaults.Admin(descriptor)),
            WorkerValues = FormDefaults.WithoutReadOnly(descriptor.WorkerForm, FormDefaults.Worker(descriptor)),
            Runtime = descriptor.RuntimeDefaults ?? new RuntimeSettings(),
            SavedAt = turn.Now.Wall,
            SavedBy = "plugin",
            Via = "plugin",
        });
    }

    public static Reply<ConfigDocument> Save(Turn turn, SaveConfig command)
    {
        var type = turn.JobType(command.JobType);
        var current = type.Config;
        if (Changed(current, command.ExpectedVersion) is { } conflict)
        {
            return conflict;
        }

        var admin = command.AdminValues;
        var worker = command.WorkerValues;
        if (type.Descriptor is { } descriptor)
        {
            admin = KeepSecrets(FormDefaults.AdminForm(descriptor), admin, current?.AdminValues);
            worker = KeepSecrets(FormDefaults.WorkerForm(descriptor), worker, current?.WorkerValues);
        }

        var verdict = FormChecks.Config(type.Descriptor, admin, worker, current?.WorkerValues);
        var errors = verdict.Errors.AddRange(RuntimeRules.Check(command.Runtime)).AddRange(DispatchFields.Errors(type.Descriptor, verdict.AdminValues));
        if (errors.Length > 0)
        {
            return new Refusal(RefusalCode.Invalid, errors.Length == 1 ? "one value is not valid" : $"{errors.Length} values are not valid", errors);
        }

        var document = new ConfigDocument
        {
            JobType = command.JobType,
            Version = (current?.Version ?? 0) + 1,
            DescriptorVersion = type.Descriptor?.Version ?? 0,
            AdminValues = verdict.AdminValues,
            WorkerValues = verdict.WorkerValues,
            Runtime = command.Runtime ?? current?.Runtime,
            Dispatch = current?.Dispatch,
            SavedAt = turn.Now.Wall,
            SavedBy = command.By.Name,
            Via = command.By.Via,
            Reason = command.Reason,
        };
        Store(turn, type, document);
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "config",
            Message = $"config of {command.JobType} saved as version {document.Version}" + (command.Reason.Length > 0 ? $": {command.Reason}" : ""),
            JobType = command.JobType,
            Actor = command.By.Name,
        });
        return document;
    }

    /// <summary>Not checked against the forms: a type whose form has become stricter can still be switched off.</summary>
    public static Reply<ConfigDocument> Enable(Turn turn, EnableJobType command)
    {
        if (turn.State.JobTypes.GetValueOrDefault(command.JobType) is not { Config: { } current } type)
        {
            return new Refusal(RefusalCode.NotFound, $"there is no config of {command.JobType} yet");
        }

        var document = current with
        {
            Version = current.Version + 1,
            Runtime = RuntimePolicy.Overlay(current.Runtime, type.Descriptor?.RuntimeDefaults) with { Enabled = command.Enabled },
            SavedAt = turn.Now.Wall,
            SavedBy = command.By.Name,
            Via = command.By.Via,
            Reason = command.Enabled ? "switched on" : "switched off",
        };
        Store(turn, type, document);
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "config",
            Message = $"{command.JobType} {document.Reason}, version {document.Version}",
            JobType = command.JobType,
            Actor = command.By.Name,
        });
        return document;
    }

    /// <summary>Waiting jobs keep their place or find a new one at once; what runs is not touched.</summary>
    public static Reply<ConfigDocument> SaveDispatch(Turn turn, SaveDispatch command)
    {
        if (turn.State.JobTypes.GetValueOrDefault(command.JobType) is not { Config: { } current } type)
        {
            return new Refusal(RefusalCode.NotFound, $"there is no config of {command.JobType} yet");
        }

        if (Changed(current, command.ExpectedVersion) is { } conflict)
        {
            return conflict;
        }

        if (command.Settings.Errors().AddRange(DispatchFields.Elsewhere(type.Descriptor, type.Dispatch, command.Settings)) is { Length: > 0 } errors)
        {
            return SubmitRules.Invalid(errors, "value");
        }

        var document = current with
        {
            Version = current.Version + 1,
            Dispatch = command.Settings,
            SavedAt = turn.Now.Wall,
            SavedBy = command.By.Name,
            Via = command.By.Via,
            Reason = command.Reason.Length > 0 ? command.Reason : "dispatch settings",
        };
        Store(turn, type, document);
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "person",
            Stage = "config",
            Message = $"dispatch settings of {command.JobType} saved as version {document.Version}" + (command.Reason.Length > 0 ? $": {command.Reason}" : ""),
            JobType = command.JobType,
            Actor = command.By.Name,
        });
        return document;
    }

    private static Refusal? Changed(ConfigDocument? current, long? expected) => expected is { } version && version != (current?.Version ?? 0)
        ? new Refusal(
            RefusalCode.Conflict,
            $"version {current?.Version ?? 0} of the config was saved by {current?.SavedBy} meanwhile, you changed version {version}; load it and apply your changes again")
        : null;

    private static void Store(Turn turn, JobType type, ConfigDocument document)
    {
        turn.Save(new Change.ConfigSaved(document));
        var before = type.Policy;
        var policy = RuntimePolicy.Resolve(document.Runtime, type.Descriptor?.RuntimeDefaults);
        var changed = Known(turn, type) with { Config = document, Policy = policy, Dispatch = DispatchFields.Resolve(type.Descriptor, document), PausedByForm = DispatchFields.Pauses(type.Descriptor, document) };
        if (type.Schedule.NextAt is null || policy.DetectionInterval == before.DetectionInterval || type.Timetable.Cron.Length > 0)
        {
            turn.Put(changed);
        }
        else
        {
            // A new interval counts from the last start, but a detection does not start while the person still looks at the form.
            var soonest = turn.Now.Wall + turn.Options.FirstDetectionDelay;
            var next = (type.Schedule.LastStartedAt ?? turn.Now.Wall) + policy.DetectionInterval;
            turn.Put(changed, schedule => schedule with { NextAt = next < soonest ? soonest : next });
        }

        Reorder(turn, type);
        SchemaTransitions.Scheduled(turn, type.Name);
    }

    /// <summary>What dispatch is to do with waiting jobs may have changed: they keep their place or find a new one at once.</summary>
    internal static void Reorder(Turn turn, JobType before)
    {
        if (turn.JobType(before.Name) is var type && !type.Dispatch.Equals(before.Dispatch))
        {
            turn.Put(JobIndex.Reordered(turn.State, type));
        }
    }

    /// <summary>The forms as they are now are the ones that a person knows.</summary>
    internal static JobType Known(Turn turn, JobType type)
    {
        if (type.Descriptor is not { } forms || ReferenceEquals(forms, type.KnownForms))
        {
            return type;
        }

        turn.Save(new Change.FormsKnown(forms));
        return type with { KnownForms = forms };
    }

    /// <summary>A secret that was not sent stays as it is: people never get it to send it back. One that is sent without a value goes.</summary>
    private static ConfigValues KeepSecrets(FormSchema form, ConfigValues sent, ConfigValues? stored)
    {
        foreach (var name in SecretFields.Names(form))
        {
            if (sent.Find(name) is ConfigValue.None)
            {
                sent = sent.Without(name);
            }
            else if (!sent.ContainsKey(name) && stored?.Find(name) is { } secret)
            {
                sent = sent.With(name, secret);
            }
        }

        return sent;
    }
}
