using System.Collections.Immutable;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Forms;
using Tomlyn;
using Tomlyn.Model;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>One [maintenance.…] section: what it says about a job type; all else stays as it is.</summary>
public sealed record TomlSection(string JobType, ConfigValues AdminValues, ConfigValues WorkerValues, bool? Enabled, int? RetryLimit, int? RetryBackoffSeconds)
{
    /// <summary>A config without a runtime block gets one, enabled.</summary>
    public RuntimeSettings? Runtime(ConfigDocument config)
    {
        if (Enabled is null && RetryLimit is null && RetryBackoffSeconds is null)
        {
            return config.Runtime;
        }

        var runtime = config.Runtime ?? new RuntimeSettings { Enabled = true };
        return runtime with
        {
            Enabled = Enabled ?? runtime.Enabled,
            RetryLimit = RetryLimit ?? runtime.RetryLimit,
            RetryBackoffSeconds = RetryBackoffSeconds ?? runtime.RetryBackoffSeconds,
        };
    }
}

/// <summary>
/// The sections of a SeaweedFS admin.toml that concern job types. Sections and keys that are not listed here are for other
/// programs and passed over.
/// </summary>
public static class AdminToml
{
    private sealed record Key(string Name, ConfigKind Kind, bool IsAdminValue = false);

    private static readonly ImmutableArray<(string Section, string JobType, ImmutableArray<Key> Keys)> Known =
    [
        ("vacuum", "vacuum", [new("garbage_threshold", ConfigKind.Double), new("min_volume_age_seconds", ConfigKind.Int64)]),
        ("balance", "volume_balance", [new("imbalance_threshold", ConfigKind.Double), new("min_server_count", ConfigKind.Int64)]),
        ("erasure_coding", "erasure_coding",
        [
            new("fullness_ratio", ConfigKind.Double),
            new("quiet_for_seconds", ConfigKind.Int64),
            new("min_size_mb", ConfigKind.Int64),
            new("preferred_tags", ConfigKind.TextList),
            new("replica_placement", ConfigKind.Text),
            new("collection_filter", ConfigKind.Text, IsAdminValue: true),
        ]),
    ];

    /// <exception cref="StartRefusedException">The file cannot be read, or says something that cannot be meant.</exception>
    public static ImmutableArray<TomlSection> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TomlException or FormatException)
        {
            throw new StartRefusedException($"--seaweedfs-config {path} cannot be used: {exception.Message.ReplaceLineEndings(" ")}. Mend it or leave the option out", exception);
        }
    }

    private static ImmutableArray<TomlSection> Parse(string text)
    {
        var maintenance = Below(TomlSerializer.Deserialize<TomlTable>(text), "maintenance");
        return
        [
            .. Known.Select(known => (known.JobType, known.Keys, Name: $"maintenance.{known.Section}", Table: Below(maintenance, known.Section)))
                .Where(known => known.Table is not null)
                .Select(known => Section(known.JobType, known.Keys, known.Table!, known.Name)),
        ];
    }

    private static TomlTable? Below(TomlTable? table, string key) => table?.TryGetValue(key, out var value) == true ? value as TomlTable : null;

    private static TomlSection Section(string jobType, ImmutableArray<Key> keys, TomlTable table, string name)
    {
        var set = keys.Where(key => table.ContainsKey(key.Name)).ToList();
        return new TomlSection(
            jobType,
            Values(set.Where(key => key.IsAdminValue)),
            Values(set.Where(key => !key.IsAdminValue)),
            table.ContainsKey("enabled") ? ((ConfigValue.Bool)Value("enabled", ConfigKind.Bool)).Value : null,
            Count("retry_limit"),
            Count("retry_backoff_seconds"));

        ConfigValues Values(IEnumerable<Key> some) => ConfigValues.From(some.Select(key => KeyValuePair.Create(key.Name, Value(key.Name, key.Kind))));

        int? Count(string key) => table.ContainsKey(key) ? (int)Math.Clamp(((ConfigValue.Int64)Value(key, ConfigKind.Int64)).Value, 0, int.MaxValue) : null;

        ConfigValue Value(string key, ConfigKind kind) => FieldConversion.TryTo(kind, ValueOf(table[key]), out var value)
            ? value
            : throw new FormatException($"{name}.{key} must be {FieldKinds.NameOf(kind)}");
    }

    private static ConfigValue ValueOf(object value) => value switch
    {
        bool flag => new ConfigValue.Bool(flag),
        long number => new ConfigValue.Int64(number),
        double number => new ConfigValue.Double(number),
        string text => new ConfigValue.Text(text),
        TomlArray array => new ConfigValue.TextList([.. array.OfType<string>().Select(text => text.Trim()).Where(text => text.Length > 0)]),
        _ => ConfigValue.None.Instance,
    };
}
