using System.Globalization;

namespace BlazorPluginAdmin.WorkerStock;

/// <summary>What an operator may set, on the command line or as PLUGIN_* variables; the command line wins.</summary>
public sealed record StockOptions
{
    public const string Help = """
        Stock worker of BlazorPluginAdmin: job types command, script, http, file_retention and file_scrub.

        usage: Worker.Stock [options]
          --admin ADDRESS      host:http, host:http.grpc or grpc(s)://host:port   (PLUGIN_ADMIN, default 127.0.0.1:23646)
          --id ID              stable identity                                  (PLUGIN_WORKER_ID, default: made and kept)
          --slots N            executions at once                               (PLUGIN_SLOTS, default 4)
          --detect-slots N     detections at once                               (PLUGIN_DETECT_SLOTS, default 1)
          --resume-window N    seconds that running work outlives the admin     (PLUGIN_RESUME_WINDOW, default 15)
          --types a,b          only these job types                             (PLUGIN_TYPES, default all)
          --label k=v          for selectors; may be repeated                   (PLUGIN_LABELS, comma list)
          --state-dir DIR      identity and working files                       (PLUGIN_DATA_DIR, default ./worker-state)
          --interpreter N=PATH for scripts, beside bash, python and node; may be repeated (PLUGIN_INTERPRETERS, comma list)
          --file-root DIR      file jobs only below these; may be repeated      (PLUGIN_FILE_ROOTS, comma list)
          --token-file FILE    bearer token                                     (PLUGIN_TOKEN holds the token itself)
          --tls-ca FILE        the admin's authority, PEM; dials with TLS        (PLUGIN_TLS_CA)
          --tls-cert FILE, --tls-key FILE   own certificate, for admins that ask (PLUGIN_TLS_CERT, PLUGIN_TLS_KEY)
          --tls-server-name N  name in the admin's certificate                  (PLUGIN_TLS_SERVER_NAME, default: the host dialled)
          --help               this text
        """;

    public static readonly IReadOnlyList<string> KnownTypes = ["command", "script", "http", "file_retention", "file_scrub"];

    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["admin"] = "PLUGIN_ADMIN",
        ["id"] = "PLUGIN_WORKER_ID",
        ["slots"] = "PLUGIN_SLOTS",
        ["detect-slots"] = "PLUGIN_DETECT_SLOTS",
        ["resume-window"] = "PLUGIN_RESUME_WINDOW",
        ["types"] = "PLUGIN_TYPES",
        ["label"] = "PLUGIN_LABELS",
        ["state-dir"] = "PLUGIN_DATA_DIR",
        ["interpreter"] = "PLUGIN_INTERPRETERS",
        ["file-root"] = "PLUGIN_FILE_ROOTS",
        ["token-file"] = "",
        ["tls-ca"] = "PLUGIN_TLS_CA",
        ["tls-cert"] = "PLUGIN_TLS_CERT",
        ["tls-key"] = "PLUGIN_TLS_KEY",
        ["tls-server-name"] = "PLUGIN_TLS_SERVER_NAME",
    };

    public string Admin { get; init; } = "127.0.0.1:23646";

    public string? Id { get; init; }

    public int Slots { get; init; } = 4;

    public int DetectSlots { get; init; } = 1;

    /// <summary>Seconds; an admin back by then finds the work still running.</summary>
    public int ResumeWindow { get; init; } = 15;

    public IReadOnlyList<string> Types { get; init; } = KnownTypes;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string StateDirectory { get; init; } = Path.GetFullPath("worker-state");

    /// <summary>Path or name on PATH, by the interpreter's name; beside the known ones or in their place.</summary>
    public IReadOnlyDictionary<string, string> Interpreters { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> FileRoots { get; init; } = [];

    public string? Token { get; init; }

    public string TlsCa { get; init; } = "";

    public string TlsCert { get; init; } = "";

    public string TlsKey { get; init; } = "";

    public string TlsServerName { get; init; } = "";

    /// <summary>Reads both places and reports every mistake at once.</summary>
    public static (StockOptions Options, IReadOnlyList<string> Errors) Read(IReadOnlyList<string> args, IReadOnlyDictionary<string, string> environment)
    {
        var errors = new List<string>();
        var given = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var n = 0; n < args.Count; n++)
        {
            var parts = args[n].Split('=', 2);
            var name = parts[0].StartsWith("--", StringComparison.Ordinal) ? parts[0][2..] : "";
            if (!Variables.ContainsKey(name))
            {
                errors.Add($"'{args[n]}' is not an option; see --help");
            }
            else if (parts.Length == 2 || n + 1 < args.Count)
            {
                (given.TryGetValue(name, out var list) ? list : given[name] = []).Add(parts.Length == 2 ? parts[1] : args[++n]);
            }
            else
            {
                errors.Add($"--{name} needs a value");
            }
        }

        foreach (var (name, variable) in Variables)
        {
            if (variable.Length > 0 && !given.ContainsKey(name) && environment.TryGetValue(variable, out var value) && value.Length > 0)
            {
                given[name] = name is "label" or "file-root" or "interpreter" ? [.. value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)] : [value];
            }
        }

        return (Build(given, environment, errors), errors);
    }

    private static StockOptions Build(Dictionary<string, List<string>> given, IReadOnlyDictionary<string, string> environment, List<string> errors)
    {
        var options = new StockOptions();
        string? Last(string name) => given.TryGetValue(name, out var values) ? values[^1] : null;
        var types = Last("types")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [.. KnownTypes];
        foreach (var unknown in types.Except(KnownTypes))
        {
            errors.Add($"--types: '{unknown}' is not known; known are {string.Join(", ", KnownTypes)}");
        }

        return options with
        {
            Admin = Last("admin") ?? options.Admin,
            Id = Last("id"),
            Slots = Number(Last("slots"), "--slots", options.Slots, errors),
            DetectSlots = Number(Last("detect-slots"), "--detect-slots", options.DetectSlots, errors),
            ResumeWindow = Number(Last("resume-window"), "--resume-window", options.ResumeWindow, errors),
            Types = types,
            Labels = Pairs(given, "label", key => key.Length is > 0 and <= 63, errors),
            Interpreters = Pairs(given, "interpreter", Scripts.Interpreters.IsName, errors),
            StateDirectory = Path.GetFullPath(Last("state-dir") ?? options.StateDirectory),
            FileRoots = [.. given.GetValueOrDefault("file-root", []).Select(root => Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)))],
            Token = TokenOf(Last("token-file"), environment, errors),
            TlsCa = Last("tls-ca") ?? "",
            TlsCert = Last("tls-cert") ?? "",
            TlsKey = Last("tls-key") ?? "",
            TlsServerName = Last("tls-server-name") ?? "",
        };
    }

    private static Dictionary<string, string> Pairs(Dictionary<string, List<string>> given, string name, Func<string, bool> isKey, List<string> errors)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given.GetValueOrDefault(name, []))
        {
            var parts = text.Split('=', 2);
            if (parts.Length == 2 && isKey(parts[0]))
            {
                pairs[parts[0]] = parts[1];
            }
            else
            {
                errors.Add($"--{name}: '{text}' is not of the form key=value");
            }
        }

        return pairs;
    }

    private static string? TokenOf(string? file, IReadOnlyDictionary<string, string> environment, List<string> errors)
    {
        if (file is null)
        {
            return environment.GetValueOrDefault("PLUGIN_TOKEN");
        }

        if (File.Exists(file))
        {
            return File.ReadAllText(file).Trim();
        }

        errors.Add($"--token-file: {file} does not exist");
        return null;
    }

    private static int Number(string? text, string name, int otherwise, List<string> errors)
    {
        if (text is null)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10_000)
        {
            return number;
        }

        errors.Add($"{name}: '{text}' is not a number from 1 to 10,000");
        return otherwise;
    }
}
