using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using BlazorPluginAdmin.App.Admission;
using BlazorPluginAdmin.App.SeaweedFS;

namespace BlazorPluginAdmin.App.Hosting;

/// <summary>What an operator may set: on the command line, as environment variable, or in appsettings.json, in this order of weight.</summary>
public sealed record AppOptions
{
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>Pages and REST. 0 = any free port.</summary>
    public int Port { get; init; } = 23646;

    /// <summary>Workers. 0 = any free port.</summary>
    public int GrpcPort { get; init; } = 33646;

    /// <summary>The same pages and REST for those who only look. 0 = any free port; null: there is no such address.</summary>
    public int? ViewPort { get; init; }

    public string DataDir { get; init; } = "./data";

    /// <summary>Host names, besides the loopback ones, under which people reach the admin.</summary>
    public IReadOnlyList<string> PublicHosts { get; init; } = [];

    /// <summary>The path below which a proxy shows the admin, as <c>/ops</c>; empty: none.</summary>
    public string PathBase { get; init; } = "";

    public string EnvironmentName { get; init; } = "";

    /// <summary>Nothing on disk: for tests and trials.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>For whoever starts the admin: do not start the stock worker beside it.</summary>
    public bool NoWorker { get; init; }

    /// <summary>Where workers dial in, and who may.</summary>
    public WorkerPortOptions WorkerPort { get; init; } = new();

    /// <summary>Workers nobody has approved wait until somebody does.</summary>
    public bool ApproveWorkers { get; init; }

    /// <summary>Largest message a worker may send, in MiB.</summary>
    public int MaxMessageMib { get; init; } = 128;

    /// <summary>Less free space on the volume of the data directory is said on every page, in MiB; 0 = never.</summary>
    public int DiskLowMib { get; init; } = 1024;

    /// <summary>So many of the newest backups are kept when another is made.</summary>
    public int KeepBackups { get; init; } = 7;

    /// <summary>Submissions that one caller may make in a second; five times as many at once after a pause.</summary>
    public int SubmitRate { get; init; } = 2000;

    /// <summary>Null: this admin knows of no SeaweedFS cluster.</summary>
    public SeaweedFSOptions? SeaweedFS { get; init; }

    public IPAddress Address => IPAddress.Parse(Bind);

    /// <summary>Of the worker port: its own, else that of the pages.</summary>
    public IPAddress WorkerAddress => WorkerPort.Bind.Length > 0 ? IPAddress.Parse(WorkerPort.Bind) : Address;

    /// <summary>Who is let in, in one line for people.</summary>
    public string Admission => WorkerPort.Admission is { } workers ? $"pages: loopback only, no authentication; workers: {workers}" : "loopback only, no authentication";

    /// <summary>A worker that this machine starts needs no certificate and is not kept out by the list.</summary>
    public bool AdmitsOwnWorker => !WorkerPort.IsTls
        && WorkerPort.Admits(WorkerAddress.Equals(IPAddress.Any) ? IPAddress.Loopback : WorkerAddress.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : WorkerAddress);

    public const string Help = $"""
        BlazorPluginAdmin: an admin server for workers in any language.

        usage: App [options]
          --port N              pages and REST (default 23646; 0 = any free port)
          --grpc-port N         workers, gRPC (default 33646; 0 = any free port)
          --view-port N         the same pages, to look at alone: nobody there can change anything (default none; 0 = any free port)
          --bind ADDRESS        address of these ports (default 127.0.0.1)
          --data-dir DIR        everything that is kept (default ./data)
          --public-host NAME    also answer requests for this host name; comma list
          --path-base PATH      a proxy shows the pages below this path, e.g. /ops
          --environment NAME    shown in the header, e.g. production
          --approve-workers     a worker is let in once a person has approved its id
          --max-message-mib N   largest message of a worker (default 128; 1 to 1024)
          --disk-low-mib N      warn on every page below this much free space of the data directory (default 1024; 0 = never)
          --keep-backups N      so many of the newest backups stay when another is made (default 7; 1 to 1000)
          --submit-rate N       jobs that one caller may submit in a second (default 2000; 1 to 1000000); five times as many at once
          --ephemeral           keep nothing on disk
          --no-worker           run.sh starts no stock worker (this program never does)
          --demo                run.sh starts a lively fleet besides, on data of its own (data/demo)
        {WorkerPortOptions.Help}
        {SeaweedFSOptions.Help}
          --help                this text

        usage: App --import-weed DIR [--dry-run] [--replace] [--data-dir DIR]
          takes over the data directory of a weed admin (descriptors, configs, jobs, runs, activities), reports, and ends;
          may be repeated, changes nothing in DIR
          --dry-run             list everything, write nothing
          --replace             make configs that are here already new versions instead of skipping them

        The same as environment variables (ADMIN__PORT, ADMIN__GRPCPORT, ADMIN__BIND, ADMIN__DATADIR, ADMIN__PUBLICHOST,
        ADMIN__ENVIRONMENT, ADMIN__EPHEMERAL, ADMIN__NOWORKER, ADMIN__SEAWEEDFSMASTER and so on) and under "Admin" in
        appsettings.json.
        """;

    public static readonly ImmutableArray<string> Keys = ["port", "grpc-port", "view-port", "bind", "data-dir", "public-host", "path-base", "environment", "max-message-mib", "disk-low-mib", "keep-backups", "submit-rate", "approve-workers", "ephemeral", "no-worker", .. WorkerPortOptions.Keys, .. SeaweedFSOptions.Keys];

    private static readonly string[] Flags = ["ephemeral", "no-worker", "approve-workers"];

    /// <summary>Reads all three places and reports every mistake at once.</summary>
    public static (AppOptions Options, IReadOnlyList<string> Errors) Read(IReadOnlyList<string> args, IConfiguration file, IReadOnlyDictionary<string, string> environment)
    {
        var errors = new List<string>();
        var values = new Dictionary<string, (string Value, string From)>(StringComparer.Ordinal);
        foreach (var entry in file.GetSection("Admin").GetChildren())
        {
            Take(values, errors, entry.Key, entry.Value ?? "", $"appsettings.json: Admin:{entry.Key}");
        }

        foreach (var (name, value) in environment.Where(pair => pair.Key.StartsWith("ADMIN__", StringComparison.OrdinalIgnoreCase)))
        {
            Take(values, errors, name["ADMIN__".Length..], value, name);
        }

        ReadArguments(args, values, errors);
        SecurityToml.Add(values, environment, errors);
        return (Build(values, errors), errors);
    }

    private static void ReadArguments(IReadOnlyList<string> args, Dictionary<string, (string, string)> values, List<string> errors)
    {
        for (var n = 0; n < args.Count; n++)
        {
            if (!args[n].StartsWith("--", StringComparison.Ordinal))
            {
                errors.Add($"'{args[n]}' is not an option; see --help");
                continue;
            }

            var parts = args[n][2..].Split('=', 2);
            if (parts.Length == 1 && Known(parts[0]) is { } flag && Flags.Contains(flag))
            {
                Take(values, errors, flag, "true", $"--{flag}");
            }
            else if (parts.Length == 2)
            {
                Take(values, errors, parts[0], parts[1], $"--{parts[0]}");
            }
            else if (n + 1 < args.Count && !args[n + 1].StartsWith("--", StringComparison.Ordinal))
            {
                Take(values, errors, parts[0], args[++n], $"--{parts[0]}");
            }
            else
            {
                errors.Add(Known(parts[0]) is { } key ? $"--{key} needs a value" : Unknown($"--{parts[0]}", parts[0]));
            }
        }
    }

    private static void Take(Dictionary<string, (string, string)> values, List<string> errors, string name, string value, string from)
    {
        if (Known(name) is { } key)
        {
            values[key] = (value, from);
        }
        else
        {
            errors.Add(Unknown(from, name));
        }
    }

    /// <summary>--grpc-port, GRPCPORT and GrpcPort are the same key.</summary>
    private static string? Known(string name) => Keys.FirstOrDefault(key => Bare(key) == Bare(name));

    private static string Bare(string name) => name.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    private static string Unknown(string from, string name)
    {
        var nearest = Keys.MinBy(key => Distance(Bare(key), Bare(name)))!;
        return $"{from} is not known; did you mean --{nearest}?";
    }

    private static AppOptions Build(Dictionary<string, (string Value, string From)> values, List<string> errors)
    {
        var options = new AppOptions();
        if (values.TryGetValue("data-dir", out var folder))
        {
            if (folder.Value.Trim().Length == 0 || folder.Value.Contains('\0', StringComparison.Ordinal))
            {
                errors.Add($"{folder.From}: name a directory");
            }

            options = options with { DataDir = folder.Value };
        }

        options = options with
        {
            Bind = AddressOf(values, errors, "bind", options.Bind),
            WorkerPort = WorkerPortOptions.Read(values, errors) with { Bind = AddressOf(values, errors, WorkerPortOptions.BindKey, "") },
            Port = PortOf(values, errors, "port", options.Port),
            GrpcPort = PortOf(values, errors, "grpc-port", options.GrpcPort),
            ViewPort = values.ContainsKey("view-port") ? PortOf(values, errors, "view-port", 0) : null,
            MaxMessageMib = NumberOf(values, errors, "max-message-mib", options.MaxMessageMib, 1, 1024, "1 to 1024"),
            DiskLowMib = NumberOf(values, errors, "disk-low-mib", options.DiskLowMib, 0, int.MaxValue, "0 to 2147483647"),
            KeepBackups = NumberOf(values, errors, "keep-backups", options.KeepBackups, 1, 1000, "1 to 1000"),
            SubmitRate = NumberOf(values, errors, "submit-rate", options.SubmitRate, 1, 1_000_000, "1 to 1000000"),
            PublicHosts = HostsOf(values, errors),
            PathBase = PathOf(values, errors),
            Ephemeral = FlagOf(values, errors, "ephemeral"),
            NoWorker = FlagOf(values, errors, "no-worker"),
            ApproveWorkers = FlagOf(values, errors, "approve-workers"),
            EnvironmentName = values.TryGetValue("environment", out var name) ? name.Value : "",
            SeaweedFS = SeaweedFSOptions.Read(values, errors),
        };
        if (options.Port != 0 && options.Port == options.GrpcPort)
        {
            errors.Add($"--port and --grpc-port are both {options.Port}; workers and pages need a port each");
        }

        if (options.ViewPort is > 0 and { } view && (view == options.Port || view == options.GrpcPort))
        {
            errors.Add($"--view-port and {(view == options.Port ? "--port" : "--grpc-port")} are both {view}; those who only look need a port of their own");
        }

        return options;
    }

    private static string AddressOf(Dictionary<string, (string Value, string From)> values, List<string> errors, string key, string otherwise)
    {
        if (!values.TryGetValue(key, out var given))
        {
            return otherwise;
        }

        if (IPAddress.TryParse(given.Value == "localhost" ? "127.0.0.1" : given.Value, out var address))
        {
            return address.ToString();
        }

        errors.Add($"{given.From}: '{given.Value}' is not an IP address; use 127.0.0.1, ::1 or an address of this machine");
        return otherwise;
    }

    private static bool FlagOf(Dictionary<string, (string Value, string From)> values, List<string> errors, string key)
    {
        if (!values.TryGetValue(key, out var given))
        {
            return false;
        }

        if (!bool.TryParse(given.Value, out var yes))
        {
            errors.Add($"{given.From}: '{given.Value}' is neither true nor false");
        }

        return yes;
    }

    private static string[] HostsOf(Dictionary<string, (string Value, string From)> values, List<string> errors)
    {
        if (!values.TryGetValue("public-host", out var given))
        {
            return [];
        }

        var hosts = given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        errors.AddRange(hosts.Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown).Select(host => $"{given.From}: '{host}' is not a host name; write it without scheme and port, as admin.example.org"));
        return hosts;
    }

    private static string PathOf(Dictionary<string, (string Value, string From)> values, List<string> errors)
    {
        if (!values.TryGetValue("path-base", out var given))
        {
            return "";
        }

        var path = PathPrefix.Read(given.Value);
        if (path is null)
        {
            errors.Add($"{given.From}: '{given.Value}' is not a plain path; write it as /ops");
        }

        return path ?? "";
    }

    private static int PortOf(Dictionary<string, (string Value, string From)> values, List<string> errors, string key, int otherwise) =>
        NumberOf(values, errors, key, otherwise, 0, 65535, "a port: 0 to 65535 (0 = any free port)");

    private static int NumberOf(Dictionary<string, (string Value, string From)> values, List<string> errors, string key, int otherwise, int least, int most, string rule)
    {
        if (!values.TryGetValue(key, out var given))
        {
            return otherwise;
        }

        if (int.TryParse(given.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors.Add($"{given.From}: '{given.Value}' cannot be used; give {rule}");
        return otherwise;
    }

    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
