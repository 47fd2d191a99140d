using System.Globalization;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>What the command line asks for.</summary>
internal sealed record KitOptions
{
    public const string Usage = """
        conformance --worker "<command line>" [options]
          --worker <text>     the conformance worker of an SDK; run by /bin/sh in this folder. Several: all in one run
          --only <list>       groups and cases, such as B,F11; default all
          --jobs <n>          cases at once, 1-64; default 8
          --patience <x>      upper time limits times x, 1-20; for machines that are busy with other things; default 1
          --nightly           the long cases too (10 and 30 minutes)
          --json <file>       writes the report there
          --verbose           what was said in failed cases, 200 lines instead of 40
          --list              lists the cases and ends
          --fault <name>      falsifies what the worker says and does; each: one fault for each case, so that all must fail
        Prints TAP; exits with 0 when all cases passed, 1 when not, 64 for wrong usage.
        """;

    /// <summary>Command lines; every case runs with each of them.</summary>
    public IReadOnlyList<string> Workers { get; init; } = [];

    public IReadOnlyList<string> Only { get; init; } = [];

    public int Jobs { get; init; } = 8;

    public double Patience { get; init; } = 1;

    public bool IsNightly { get; init; }

    public string Json { get; init; } = "";

    public int TraceLines { get; init; } = 40;

    public bool Lists { get; init; }

    /// <summary>Of a case or <see cref="Faults.Each"/>; empty: none.</summary>
    public string Fault { get; init; } = "";

    /// <exception cref="FormatException">What is wrong, for people.</exception>
    public static KitOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new KitOptions();
        for (var at = 0; at < arguments.Count; at++)
        {
            var name = arguments[at];
            options = name switch
            {
                "--nightly" => options with { IsNightly = true },
                "--verbose" => options with { TraceLines = 200 },
                "--list" => options with { Lists = true },
                "--worker" => options with { Workers = [.. options.Workers, Next()] },
                "--json" => options with { Json = Next() },
                "--only" => options with { Only = Next().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) },
                "--jobs" => options with { Jobs = int.TryParse(Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) && jobs is >= 1 and <= 64 ? jobs : throw new FormatException("--jobs takes 1 to 64") },
                "--patience" => options with
                {
                    Patience = double.TryParse(Next(), NumberStyles.Float, CultureInfo.InvariantCulture, out var patience) && patience is >= 1 and <= 20 ? patience : throw new FormatException("--patience takes 1 to 20"),
                },
                "--fault" => options with { Fault = Next() is var fault && (fault == Faults.Each || Faults.Named(fault) is not null) ? fault : throw new FormatException("--fault takes 'each', or a name of Kit/Faults.cs") },
                _ => throw new FormatException($"{name} is not known"),
            };

            string Next() => ++at < arguments.Count ? arguments[at] : throw new FormatException($"{name} needs a value");
        }

        return options.Workers.Count > 0 || options.Lists ? options : throw new FormatException("--worker is missing");
    }

    /// <summary>What is falsified in this case.</summary>
    public Fault FaultOf(CaseAttribute what) => Faults.Named(Fault == Faults.Each ? what.Id : Fault) ?? Kit.Fault.None;

    /// <summary>Whether this case was asked for.</summary>
    public bool Wants(CaseAttribute what) =>
        (IsNightly || !what.IsNightly) && (Only.Count == 0 || Only.Any(name => name.Equals(what.Id, StringComparison.OrdinalIgnoreCase) || name.Equals(what.Id[..1], StringComparison.OrdinalIgnoreCase)));
}
