using System.Collections.Immutable;
using System.Net;

namespace BlazorPluginAdmin.App.Admission;

/// <summary>
/// Where workers dial in, and who may. Foreign workers know no tokens: a certificate or the address they come from is all
/// that an unmodified one can show.
/// </summary>
public sealed record WorkerPortOptions
{
    public const string BindKey = "grpc-bind";
    internal const string CaKey = "worker-tls-ca";
    internal const string CertKey = "worker-tls-cert";
    internal const string KeyKey = "worker-tls-key";
    internal const string NamesKey = "worker-tls-names";
    internal const string AllowKey = "worker-allow";

    /// <summary>An address of this machine; empty: that of the pages.</summary>
    public string Bind { get; init; } = "";

    /// <summary>PEM files: the authority that signs workers' certificates, and the admin's own certificate and key. All or none.</summary>
    public string TlsCa { get; init; } = "";

    public string TlsCert { get; init; } = "";

    public string TlsKey { get; init; } = "";

    /// <summary>Common names that are let in, or *.suffix for all names below one; empty: every certificate of the authority.</summary>
    public ImmutableArray<string> TlsNames { get; init; } = [];

    /// <summary>Networks that workers may come from, with or without TLS; empty: any that reaches the port.</summary>
    public ImmutableArray<IPNetwork> Allow { get; init; } = [];

    public bool IsTls => TlsCa.Length > 0;

    /// <summary>How workers are admitted, for people; null: whoever reaches the port.</summary>
    public string? Admission => (IsTls, Allow.IsEmpty) switch
    {
        (true, true) => $"mutual TLS{Named}",
        (true, false) => $"mutual TLS{Named}, from {string.Join(", ", Allow)}",
        (false, false) => $"from {string.Join(", ", Allow)}, no authentication, not encrypted",
        _ => null,
    };

    public static readonly ImmutableArray<string> Keys = [BindKey, CaKey, CertKey, KeyKey, NamesKey, AllowKey, SecurityToml.OptionKey];

    public const string Help = """
          --grpc-bind ADDRESS   address of the worker port alone (default: --bind); one that other machines
                                reach needs mutual TLS or --worker-allow
          --worker-tls-ca, --worker-tls-cert, --worker-tls-key FILE   mutual TLS on the worker port, PEM: the authority
                                of the workers' certificates, the admin's own certificate and key
          --worker-tls-names CN   only workers with these common names; comma list, *.suffix for all below it
          --worker-allow CIDR   only workers from these networks, e.g. 10.1.0.0/16; comma list
          --security-toml FILE  a SeaweedFS security.toml: [grpc] and [grpc.admin] become the options above (and the TLS
                                towards the masters), WEED_* variables override it, options win
        """;

    private string Named => TlsNames.IsEmpty ? "" : $" as {string.Join(", ", TlsNames)}";

    /// <summary>All but the address to bind.</summary>
    /// <param name="values">What was set, by key, and where.</param>
    /// <param name="errors">Takes every mistake.</param>
    public static WorkerPortOptions Read(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors)
    {
        var options = new WorkerPortOptions { TlsCa = Value(CaKey), TlsCert = Value(CertKey), TlsKey = Value(KeyKey), TlsNames = NamesOf(values, errors), Allow = NetworksOf(values, errors) };
        var files = ((string[])[options.TlsCa, options.TlsCert, options.TlsKey]).Count(file => file.Length > 0);
        if (files is 1 or 2)
        {
            errors.Add($"--{CaKey}, --{CertKey} and --{KeyKey} are used together");
        }
        else if (files == 0 && !options.TlsNames.IsEmpty)
        {
            errors.Add($"{values[NamesKey].From}: names are those of certificates; they need --{CaKey}, --{CertKey} and --{KeyKey}");
        }

        return options;

        string Value(string key) => values.TryGetValue(key, out var given) ? given.Value.Trim() : "";
    }

    /// <summary>Whether a peer at this address may speak at all.</summary>
    public bool Admits(IPAddress? address)
    {
        if (Allow.IsEmpty)
        {
            return true;
        }

        // A socket for both families shows IPv4 peers in IPv6 clothes.
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && Allow.Any(network => network.Contains(plain));
    }

    /// <summary>Whether a certificate of the authority with this common name is let in. Compared as written, as SeaweedFS does.</summary>
    public bool AdmitsName(string? name) =>
        TlsNames.IsEmpty || (name is not null && TlsNames.Any(allowed => allowed[0] == '*'
            ? name.Length >= allowed.Length && name.EndsWith(allowed[1..], StringComparison.Ordinal)
            : name == allowed));

    private static ImmutableArray<string> NamesOf(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors)
    {
        var (names, from) = ListOf(values, errors, NamesKey);
        errors.AddRange(names.Where(name => name.LastIndexOf('*') is var star && (star > 0 || (star == 0 && !(name.Length > 2 && name[1] == '.'))))
            .Select(name => $"{from}: '{name}' is not a common name; a wildcard is written as *.workers.example.org"));
        return names;
    }

    private static ImmutableArray<IPNetwork> NetworksOf(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors)
    {
        var (texts, from) = ListOf(values, errors, AllowKey);
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var text in texts)
        {
            if (IPNetwork.TryParse(text, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(text, out var address))
            {
                networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else
            {
                errors.Add($"{from}: '{text}' is not a network; write 10.1.0.0/16 or a single address");
            }
        }

        return networks.ToImmutable();
    }

    /// <summary>A list that was meant to restrict and is empty, as from a variable that is not set, must not let everyone in.</summary>
    private static (ImmutableArray<string> Entries, string From) ListOf(IReadOnlyDictionary<string, (string Value, string From)> values, List<string> errors, string key)
    {
        if (!values.TryGetValue(key, out var given))
        {
            return ([], "");
        }

        ImmutableArray<string> entries = [.. given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        if (entries.IsEmpty)
        {
            errors.Add($"{given.From}: the list is empty and would let nobody in; leave it out to let in everybody");
        }

        return (entries, given.From);
    }
}
