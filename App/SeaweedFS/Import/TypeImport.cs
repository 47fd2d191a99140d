using System.Globalization;
using BlazorPluginAdmin.App.Gateway;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Workers;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.SeaweedFS.Import;

/// <summary>Descriptors and configs: <c>job_types/&lt;type&gt;/{descriptor,config}.{pb,json}</c>. The pb counts, the JSON stands in for one that is missing or broken.</summary>
internal sealed class TypeImport(WeedFolder folder, ImportReport report, StoredState here, bool replace, DateTimeOffset now)
{
    private const string By = "import";

    public IEnumerable<Change> Changes()
    {
        foreach (var type in folder.Names(ImportKind.Configs, "job_types", folders: true))
        {
            if (!WireLimits.IsName(type, WireLimits.JobType))
            {
                report.Skip(ImportKind.Configs, $"job_types/{type}", $"its name is not that of a job type: {WireLimits.NameRule}");
                continue;
            }

            var stored = here.JobTypes.FirstOrDefault(one => one.Name == type);
            var descriptor = Descriptor(type);
            if (descriptor is not null && Take(type, descriptor, stored?.Descriptor) is { } described)
            {
                yield return described;
            }

            if (Read<Wire.PersistedJobTypeConfig>(ImportKind.Configs, type, "config") is { } config && Take(type, config, stored?.Config, descriptor ?? stored?.Descriptor) is { } saved)
            {
                yield return saved;
            }
        }
    }

    private Descriptor? Descriptor(string type)
    {
        if (Read<Wire.JobTypeDescriptor>(ImportKind.Descriptors, type, "descriptor") is not { } wire)
        {
            return null;
        }

        var name = $"job_types/{type}/descriptor";
        if (wire.JobType.Length > 0 && wire.JobType != type)
        {
            report.Skip(ImportKind.Descriptors, name, $"it is the descriptor of {wire.JobType}");
            return null;
        }

        var check = DescriptorLimits.Check(DescriptorMapper.ToCore(wire, type));
        if (check.Refused)
        {
            report.Skip(ImportKind.Descriptors, name, check.Reason);
            return null;
        }

        if (wire.CalculateSize() != Wire.JobTypeDescriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(wire.ToByteArray()).CalculateSize())
        {
            report.Warn(name, "it has fields this version does not know; they are left out until a worker describes the type again");
        }

        return check.Descriptor;
    }

    private Change.DescriptorSaved? Take(string type, Descriptor found, Descriptor? stored)
    {
        if (stored is not null && DescriptorJson.Write(stored) == DescriptorJson.Write(found))
        {
            report.Keep(ImportKind.Descriptors);
            return null;
        }

        if (stored is not null && stored.Version >= found.Version)
        {
            report.Skip(ImportKind.Descriptors, $"job_types/{type}/descriptor", $"version {stored.Version} of it is here, from a worker");
            return null;
        }

        report.Take(ImportKind.Descriptors, type, string.Create(CultureInfo.InvariantCulture, $"{type}, version {found.Version}"));
        return new Change.DescriptorSaved(found, now, new WorkerId(By));
    }

    private Change.ConfigSaved? Take(string type, Wire.PersistedJobTypeConfig wire, ConfigDocument? stored, Descriptor? descriptor)
    {
        var name = $"job_types/{type}/config";
        var flaw = wire.JobType.Length > 0 && wire.JobType != type ? $"it is the config of {wire.JobType}"
            : wire.AdminConfigValues.Count > WireLimits.Values || wire.WorkerConfigValues.Count > WireLimits.Values ? $"it has more than {WireLimits.Values} values" : "";
        if (flaw.Length > 0)
        {
            report.Skip(ImportKind.Configs, name, flaw);
            return null;
        }

        var config = new ConfigDocument
        {
            JobType = type,
            Version = (stored?.Version ?? 0) + 1,
            DescriptorVersion = wire.DescriptorVersion,
            AdminValues = ConfigValueMapper.ToCore(wire.AdminConfigValues),
            WorkerValues = ConfigValueMapper.ToCore(wire.WorkerConfigValues),
            Runtime = DescriptorMapper.ToCore(wire.AdminRuntime),
            SavedAt = InboundMapper.Instant(wire.UpdatedAt) ?? now,
            SavedBy = WireLimits.Cut(wire.UpdatedBy, WireLimits.Title),
            Via = By,
            Reason = "taken over from weed admin",
        };
        var isSame = stored is not null && (stored with { Version = config.Version, Via = config.Via, Reason = config.Reason, SavedAt = config.SavedAt }) == config
            && (wire.UpdatedAt is null || stored.SavedAt == config.SavedAt);
        if (isSame)
        {
            report.Keep(ImportKind.Configs);
            return null;
        }

        if (stored is not null && !replace)
        {
            report.Skip(ImportKind.Configs, name, string.Create(CultureInfo.InvariantCulture, $"version {stored.Version} is here, saved by {stored.SavedBy}; --replace makes it version {config.Version}"));
            return null;
        }

        var minutes = config.Runtime?.DetectionIntervalMinutes ?? 0;
        if (minutes > 1440 && minutes != descriptor?.RuntimeDefaults?.DetectionIntervalMinutes)
        {
            report.Warn(name, string.Create(CultureInfo.InvariantCulture, $"its detection interval is {minutes} minutes; older versions counted seconds there, so look at it"));
        }

        report.Take(ImportKind.Configs, type, string.Create(CultureInfo.InvariantCulture, $"{type}, version {config.Version}, saved by {config.SavedBy}"));
        return new Change.ConfigSaved(config);
    }

    private T? Read<T>(ImportKind kind, string type, string file)
        where T : class, IMessage<T>, new()
    {
        var name = $"job_types/{type}/{file}";
        if (folder.Bytes($"{name}.pb", out var reason) is { } bytes)
        {
            try
            {
                return new MessageParser<T>(() => new T()).ParseFrom(bytes);
            }
            catch (InvalidProtocolBufferException exception)
            {
                reason = $"it is broken ({exception.Message})";
            }
        }

        var text = folder.Bytes($"{name}.json", out var worse);
        if (text is not null)
        {
            try
            {
                var message = WireJson.Parse<T>(System.Text.Encoding.UTF8.GetString(text));
                report.Warn($"{name}.pb", $"{(reason.Length > 0 ? reason : "it is missing")}; {file}.json was taken instead");
                return message;
            }
            catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or FormatException or InvalidOperationException)
            {
                worse = $"it is broken ({exception.Message})";
            }
        }

        foreach (var (ending, why) in ((string, string)[])[("pb", reason), ("json", worse)])
        {
            if (why.Length > 0)
            {
                report.Skip(kind, $"{name}.{ending}", why);
            }
        }

        return null;
    }
}
