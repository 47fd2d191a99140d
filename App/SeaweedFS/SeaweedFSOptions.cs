using System.Collections.Immutable;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>The SeaweedFS cluster whose work this admin schedules.</summary>
public sealed record SeaweedFSOptions
{
    private const string MasterKey = "seaweedfs-master";
    private const string GroupKey = "seaweedfs-filer-group";
    private const string ConfigKey = "seaweedfs-config";
    private const string CaKey = "seaweedfs-tls-ca";
    private const string CertKey = "seaweedfs-tls-cert";
    private const string KeyKey = "seaweedfs-tls-key";

    /// <summary>Any of the cluster's masters; which of them leads is found out. At least one.</summary>
    public required ImmutableArray<ServerAddress> Masters { get; init; }

    /// <summary>The group whose filers workers are told of; empty is a group too.</summary>
    public string FilerGroup { get; init; } = "";

    /// <summary>An admin.toml whose [maintenance.…] sections are laid over the configs at every start; empty: none.</summary>
    public string ConfigFile { get; init; } = "";

    /// <summary>PEM files: the authority that signed the masters' certificates, and this admin's own. Without the first: no TLS.</summary>
    public string TlsCa { get; init; } = "";

    public string TlsCert { get; init; } = "";

    public string TlsKey { get; init; } = "";

    public static readonly ImmutableArray<string> Keys = [MasterKey, GroupKey, ConfigKey, CaKey, CertKey, KeyKey];

    public const string Help = """
          --seaweedfs-master A  host:port of a SeaweedFS master (or host:http.grpc); comma list. Looks up the
                                cluster's addresses, takes its locks, switches the masters' own vacuuming
          --seaweedfs-filer-group NAME   only filers of this group
          --seaweedfs-config FILE        an admin.toml; its [maintenance] values win at every start
          --seaweedfs-tls-ca, --seaweedfs-tls-cert, --seaweedfs-tls-key FILE   TLS towards the masters, PEM
        """;

    /// <summary>Null when no master is named.</summary>
    /// <param name="values">What was set, by key, and where.</param>
    /// <param name="errors">Takes every mistake.</param>
    public static SeaweedFSOptions? Read(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors)
    {
        var masters = MastersOf(values, errors);
        var set = Keys.Where(key => Value(key).Length > 0).ToList();
        if (masters.IsEmpty && set.Count > 0 && !set.Contains(MasterKey))
        {
            errors.Add($"{values[set[0]].From}: there is no cluster without --{MasterKey} host:port");
        }

        if (Value(CertKey).Length > 0 != Value(KeyKey).Length > 0 || (Value(CertKey).Length > 0 && Value(CaKey).Length == 0))
        {
            errors.Add($"--{CertKey} and --{KeyKey} are used together, and with --{CaKey}");
        }

        return masters.IsEmpty ? null : new SeaweedFSOptions
        {
            Masters = masters,
            FilerGroup = Value(GroupKey),
            ConfigFile = Value(ConfigKey),
            TlsCa = Value(CaKey),
            TlsCert = Value(CertKey),
            TlsKey = Value(KeyKey),
        };

        string Value(string key) => values.TryGetValue(key, out var given) ? given.Value.Trim() : "";
    }

    private static ImmutableArray<ServerAddress> MastersOf(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors)
    {
        if (!values.TryGetValue(MasterKey, out var given))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<ServerAddress>();
        foreach (var text in given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ServerAddress.TryParse(text, out var address))
            {
                found.Add(address);
            }
            else
            {
                errors.Add($"{given.From}: '{text}' is not the address of a master; write host:9333, or host:9333.19444 when its gRPC port is not the HTTP port + 10000");
            }
        }

        if (found.Count == 0 && errors.Count == 0)
        {
            // An empty variable in a unit file: without a word, work would go on beside the cluster's locks.
            errors.Add($"{given.From} names no master; write host:9333, or leave it out");
        }

        return [.. found.Distinct()];
    }
}
