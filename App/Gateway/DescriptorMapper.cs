using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using Google.Protobuf.WellKnownTypes;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>Descriptors and configs: wire ↔ record.</summary>
public static class DescriptorMapper
{
    public static Descriptor ToCore(Wire.JobTypeDescriptor wire, string askedFor) => new()
    {
        JobType = WireLimits.Cut(wire.JobType.Length > 0 ? wire.JobType : askedFor, WireLimits.JobType),
        DisplayName = wire.DisplayName,
        Description = wire.Description,
        Icon = wire.Icon,
        Version = wire.DescriptorVersion,
        AdminForm = ToCore(wire.AdminConfigForm),
        WorkerForm = ToCore(wire.WorkerConfigForm),
        RuntimeDefaults = ToCore(wire.AdminRuntimeDefaults),
        WorkerDefaults = ConfigValueMapper.ToCore(wire.WorkerDefaultValues),
    };

    public static Wire.JobTypeDescriptor ToWire(Descriptor descriptor)
    {
        var wire = new Wire.JobTypeDescriptor
        {
            JobType = descriptor.JobType,
            DisplayName = descriptor.DisplayName,
            Description = descriptor.Description,
            Icon = descriptor.Icon,
            DescriptorVersion = descriptor.Version,
            AdminConfigForm = ToWire(descriptor.AdminForm),
            WorkerConfigForm = ToWire(descriptor.WorkerForm),
        };
        if (descriptor.RuntimeDefaults is { } defaults)
        {
            wire.AdminRuntimeDefaults = Wire.AdminRuntimeDefaults.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(ToWire(defaults)));
        }

        ConfigValueMapper.ToWire(descriptor.WorkerDefaults, wire.WorkerDefaultValues);
        return wire;
    }

    public static Wire.AdminRuntimeConfig ToWire(RuntimeSettings runtime) => new()
    {
        Enabled = runtime.Enabled,
        DetectionIntervalMinutes = runtime.DetectionIntervalMinutes,
        DetectionTimeoutSeconds = runtime.DetectionTimeoutSeconds,
        MaxJobsPerDetection = runtime.MaxJobsPerDetection,
        GlobalExecutionConcurrency = runtime.GlobalExecutionConcurrency,
        PerWorkerExecutionConcurrency = runtime.PerWorkerExecutionConcurrency,
        RetryLimit = runtime.RetryLimit,
        RetryBackoffSeconds = runtime.RetryBackoffSeconds,
        JobTypeMaxRuntimeSeconds = runtime.JobTypeMaxRuntimeSeconds,
        ExecutionTimeoutSeconds = runtime.ExecutionTimeoutSeconds,
    };

    public static RuntimeSettings? ToCore(Wire.AdminRuntimeConfig? wire) => wire is null ? null : new RuntimeSettings
    {
        Enabled = wire.Enabled,
        DetectionIntervalMinutes = wire.DetectionIntervalMinutes,
        DetectionTimeoutSeconds = wire.DetectionTimeoutSeconds,
        MaxJobsPerDetection = wire.MaxJobsPerDetection,
        GlobalExecutionConcurrency = wire.GlobalExecutionConcurrency,
        PerWorkerExecutionConcurrency = wire.PerWorkerExecutionConcurrency,
        RetryLimit = wire.RetryLimit,
        RetryBackoffSeconds = wire.RetryBackoffSeconds,
        JobTypeMaxRuntimeSeconds = wire.JobTypeMaxRuntimeSeconds,
        ExecutionTimeoutSeconds = wire.ExecutionTimeoutSeconds,
    };

    public static Wire.PersistedJobTypeConfig ToWire(ConfigDocument config)
    {
        var wire = new Wire.PersistedJobTypeConfig
        {
            JobType = config.JobType,
            DescriptorVersion = config.DescriptorVersion,
            AdminRuntime = ToWire(config.Runtime ?? new RuntimeSettings()),
            UpdatedAt = Timestamp.FromDateTimeOffset(config.SavedAt),
            UpdatedBy = config.SavedBy,
        };
        ConfigValueMapper.ToWire(config.AdminValues, wire.AdminConfigValues);
        ConfigValueMapper.ToWire(config.WorkerValues, wire.WorkerConfigValues);
        return wire;
    }

    /// <summary>Defaults and config carry the same ten fields under the same numbers.</summary>
    private static RuntimeSettings? ToCore(Wire.AdminRuntimeDefaults? wire) =>
        wire is null ? null : ToCore(Wire.AdminRuntimeConfig.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(wire)));

    private static FormSchema? ToCore(Wire.ConfigForm? wire) => wire is null
        ? null
        : new FormSchema(wire.FormId, wire.Title, wire.Description, [.. wire.Sections.Select(ToCore)], ConfigValueMapper.ToCore(wire.DefaultValues));

    private static SectionSchema ToCore(Wire.ConfigSection wire) => new(wire.SectionId, wire.Title, wire.Description, [.. wire.Fields.Select(ToCore)]);

    private static FieldSchema ToCore(Wire.ConfigField wire) => new()
    {
        Name = wire.Name,
        Label = wire.Label,
        Description = wire.Description,
        HelpText = wire.HelpText,
        Placeholder = wire.Placeholder,
        Type = (FieldType)wire.FieldType,
        Widget = (FieldWidget)wire.Widget,
        Required = wire.Required,
        ReadOnly = wire.ReadOnly,
        Sensitive = wire.Sensitive,
        Min = wire.MinValue is null ? null : ConfigValueMapper.ToCore(wire.MinValue),
        Max = wire.MaxValue is null ? null : ConfigValueMapper.ToCore(wire.MaxValue),
        Options = [.. wire.Options.Select(option => new FieldOption(option.Value, option.Label, option.Description, option.Disabled))],
        Rules = [.. wire.ValidationRules.Select(rule => new FieldRule((FieldRuleType)rule.Type, rule.Expression, rule.ErrorMessage))],
        VisibleWhenField = wire.VisibleWhenField,
        VisibleWhenEquals = wire.VisibleWhenEquals is null ? null : ConfigValueMapper.ToCore(wire.VisibleWhenEquals),
    };

    private static Wire.ConfigForm? ToWire(FormSchema? form)
    {
        if (form is null)
        {
            return null;
        }

        var wire = new Wire.ConfigForm { FormId = form.Id, Title = form.Title, Description = form.Description, Sections = { form.Sections.Select(ToWire) } };
        ConfigValueMapper.ToWire(form.Defaults, wire.DefaultValues);
        return wire;
    }

    private static Wire.ConfigSection ToWire(SectionSchema section) =>
        new() { SectionId = section.Id, Title = section.Title, Description = section.Description, Fields = { section.Fields.Select(ToWire) } };

    private static Wire.ConfigField ToWire(FieldSchema field) => new()
    {
        Name = field.Name,
        Label = field.Label,
        Description = field.Description,
        HelpText = field.HelpText,
        Placeholder = field.Placeholder,
        FieldType = (Wire.ConfigFieldType)field.Type,
        Widget = (Wire.ConfigWidget)field.Widget,
        Required = field.Required,
        ReadOnly = field.ReadOnly,
        Sensitive = field.Sensitive,
        MinValue = field.Min is null ? null : ConfigValueMapper.ToWire(field.Min),
        MaxValue = field.Max is null ? null : ConfigValueMapper.ToWire(field.Max),
        Options = { field.Options.Select(option => new Wire.ConfigOption { Value = option.Value, Label = option.Label, Description = option.Description, Disabled = option.Disabled }) },
        ValidationRules = { field.Rules.Select(rule => new Wire.ValidationRule { Type = (Wire.ValidationRuleType)rule.Type, Expression = rule.Expression, ErrorMessage = rule.ErrorMessage }) },
        VisibleWhenField = field.VisibleWhenField,
        VisibleWhenEquals = field.VisibleWhenEquals is null ? null : ConfigValueMapper.ToWire(field.VisibleWhenEquals),
    };
}
