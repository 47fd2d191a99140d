using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Dispatch;

/// <summary>Where the value of a dispatch setting comes from.</summary>
public enum DispatchSource
{
    /// <summary>Nobody said anything.</summary>
    Default,

    /// <summary>A person saved it with the dispatch settings.</summary>
    Saved,

    /// <summary>The admin form of the type has a field for it: its value counts, as its worker suggests it or as people saved it there.</summary>
    Form,
}

/// <summary>
/// A worker suggests dispatch settings by fields of its admin form, named as they are with <c>dispatch_</c> before. Such a setting is
/// changed in that form and nowhere else, so that it has one place. A value that makes no sense is as if the field were not there.
/// </summary>
public static class DispatchFields
{
    private const string Prefix = "dispatch_";

    /// <summary>No setting of its own: people pause a type by a command too, which stands beside this.</summary>
    private const string Paused = Prefix + "paused";

    private static readonly ImmutableArray<Setting> Settings =
    [
        new("strategy", settings => settings.Strategy, (settings, value) => value is ConfigValue.Text text && StrategyOf(text.Value) is { } strategy ? settings with { Strategy = strategy } : null),
        new("detector_scope", settings => settings.DetectorScope, (settings, value) => value is ConfigValue.Text text && ScopeOf(text.Value) is { } scope ? settings with { DetectorScope = scope } : null),
        new("queue_limit", settings => settings.QueueLimit, (settings, value) => Whole(value) is { } number ? settings with { QueueLimit = number == 0 ? null : number } : null),
        new("submit_rate", settings => settings.SubmitRate, (settings, value) => Number(value) is { } number ? settings with { SubmitRate = number == 0 ? null : number } : null),
        new("submit_burst", settings => settings.SubmitBurst, (settings, value) => Whole(value) is { } number ? settings with { SubmitBurst = number == 0 ? null : number } : null),
        new("default_priority", settings => settings.DefaultPriority, (settings, value) => Whole(value) is { } number ? settings with { DefaultPriority = number } : null),
        new("ageing_per_minute", settings => settings.AgeingPerMinute, (settings, value) => Number(value) is { } number ? settings with { AgeingPerMinute = number } : null),
        new("queue_ttl", settings => settings.QueueTtl, (settings, value) => value is ConfigValue.Duration span ? settings with { QueueTtl = span.Span == TimeSpan.Zero ? null : span.Span } : null),
        new("require_labels", settings => Text(settings.RequireLabels), (settings, value) => value is ConfigValue.Map map ? settings with { RequireLabels = Labels(map) } : null),
    ];

    /// <summary>The words programs use, in the order of <see cref="DispatchStrategy"/>.</summary>
    private static readonly ImmutableArray<string> Strategies = ["least_loaded", "round_robin", "weighted_round_robin", "least_connections", "random"];

    public static IEnumerable<string> Names => Settings.Select(setting => setting.Name);

    public static string NameOf(DispatchStrategy strategy) => Strategies[(int)strategy];

    /// <summary>Null: there is none of that name.</summary>
    public static DispatchStrategy? StrategyOf(string name) => Strategies.IndexOf(name) is >= 0 and var place ? (DispatchStrategy)place : null;

    public static string NameOf(DetectorScope scope) => scope == DetectorScope.Each ? "each" : "one";

    /// <summary>Null: there is none of that name.</summary>
    public static DetectorScope? ScopeOf(string name) => name switch
    {
        "one" => DetectorScope.One,
        "each" => DetectorScope.Each,
        _ => null,
    };

    /// <summary>The settings the type's own form has.</summary>
    public static ImmutableHashSet<string> InForm(Descriptor? descriptor) => descriptor?.AdminForm is { } form
        ? [.. Settings.Select(setting => setting.Name).Intersect(form.Only(FormPart.Config).Fields.Where(field => field.Name.StartsWith(Prefix, StringComparison.Ordinal)).Select(field => field.Name[Prefix.Length..]))]
        : [];

    /// <summary>Values of the admin form as workers get them: the settings are the admin's own.</summary>
    public static ConfigValues WithoutSettings(Descriptor? descriptor, ConfigValues adminValues) => InForm(descriptor).Aggregate(CanPause(descriptor) ? adminValues.Without(Paused) : adminValues, (left, name) => left.Without(Prefix + name));

    /// <summary>A field of the form pauses the type.</summary>
    public static bool Pauses(Descriptor? descriptor, ConfigDocument? config) =>
        CanPause(descriptor) && FormDefaults.Admin(descriptor, config?.AdminValues ?? ConfigValues.Empty).Find(Paused) is ConfigValue.Bool { Value: true };

    /// <summary>What counts: a field of the form over what people saved, over the defaults.</summary>
    public static DispatchSettings Resolve(Descriptor? descriptor, ConfigDocument? config)
    {
        var settings = config?.Dispatch ?? DispatchSettings.Default;
        var fields = InForm(descriptor);
        if (fields.IsEmpty)
        {
            return settings;
        }

        var values = FormDefaults.Admin(descriptor, config?.AdminValues ?? ConfigValues.Empty);
        return Settings.Where(setting => fields.Contains(setting.Name)).Aggregate(
            settings, (all, setting) => values.Find(Prefix + setting.Name) is { } value && setting.With(all, value) is { } changed && IsSound(changed, setting) ? changed : all);
    }

    public static DispatchSource SourceOf(string name, Descriptor? descriptor, ConfigDocument? config) =>
        InForm(descriptor).Contains(name) ? DispatchSource.Form
        : config?.Dispatch is { } saved && Settings.First(setting => setting.Name == name) is var setting && !Equals(setting.Get(saved), setting.Get(DispatchSettings.Default)) ? DispatchSource.Saved
        : DispatchSource.Default;

    /// <summary>Values of the form that no dispatch setting may have.</summary>
    public static ImmutableArray<FieldError> Errors(Descriptor? descriptor, ConfigValues adminValues)
    {
        if (InForm(descriptor) is not { IsEmpty: false } fields)
        {
            return [];
        }

        return
        [
            .. Settings.Where(setting => fields.Contains(setting.Name) && adminValues.Find(Prefix + setting.Name) is not null).SelectMany(setting =>
            {
                var field = Prefix + setting.Name;
                return setting.With(DispatchSettings.Default, adminValues[field]) is not { } settings
                    ? [new FieldError(FieldError.NameOf(FormKind.Admin), field, FieldErrorCodes.Custom, $"{field} is no {setting.Name.Replace('_', ' ')} of the admin")]
                    : settings.Errors().Select(error => error with { Form = FieldError.NameOf(FormKind.Admin), Path = field, Field = field });
            }),
        ];
    }

    private static bool CanPause(Descriptor? descriptor) => descriptor?.AdminForm?.Only(FormPart.Config).Fields.Any(field => field is { Name: Paused, Type: FieldType.Bool }) ?? false;

    /// <summary>Settings that would be changed beside the form they stand in.</summary>
    public static ImmutableArray<FieldError> Elsewhere(Descriptor? descriptor, DispatchSettings now, DispatchSettings wanted)
    {
        var fields = InForm(descriptor);
        return
        [
            .. Settings.Where(setting => fields.Contains(setting.Name) && !Equals(setting.Get(wanted), setting.Get(now)))
                .Select(setting => new FieldError("", setting.Name, FieldErrorCodes.Custom, $"{setting.Name} is changed in the admin form of the type, by its field {Prefix}{setting.Name}")),
        ];
    }

    private static bool IsSound(DispatchSettings settings, Setting setting) => !settings.Errors().Any(error => error.Field == setting.Name);

    private static int? Whole(ConfigValue value) => value is ConfigValue.Int64 { Value: >= int.MinValue and <= int.MaxValue } number ? (int)number.Value : null;

    private static double? Number(ConfigValue value) => value switch
    {
        ConfigValue.Double number when double.IsFinite(number.Value) => number.Value,
        ConfigValue.Int64 number => number.Value,
        _ => null,
    };

    private static ImmutableSortedDictionary<string, string> Labels(ConfigValue.Map map) =>
        map.Fields.ToImmutableSortedDictionary(label => label.Key, label => ConfigValueText.Exact(label.Value), StringComparer.Ordinal);

    private static string Text(ImmutableSortedDictionary<string, string> labels) => string.Join('\n', labels.Select(label => $"{label.Key}={label.Value}"));

    /// <param name="With">The settings with a value of the form; null: it is of another kind.</param>
    private sealed record Setting(string Name, Func<DispatchSettings, object?> Get, Func<DispatchSettings, ConfigValue, DispatchSettings?> With);
}
