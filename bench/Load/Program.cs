using System.Globalization;
using BlazorPluginAdmin.Bench.Load;
using BlazorPluginAdmin.Bench.Load.Scenarios;

// Usage: Load APP_DLL RESULTS_DIR [--strict] [scenario …]    Load report RESULTS_DIR
// Every scenario starts an admin of its own on an empty data directory and speaks to it over the wire, as workers and programs do.
// A run that does not deliver every job exactly once is void and writes nothing.
// With --strict, figures that miss their aim are named and the run ends with 1.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
IScenario[] all = [new Throughput(), new Latency(), new Idle(), new Flood("flood", 0), new Flood("parcels", 64 * 1024), new Failover(), new Start(), new Lists(), new Watched(), new Capacity(), new Pages(), new Timeline(), new Submit(), new Output(), new Pluginctl()];
if (args is ["report", var folder])
{
    Report.Write(folder);
    return 0;
}

var strict = args.Contains("--strict");
var wanted = args.Skip(2).Where(argument => argument != "--strict").ToList();
if (args.Length < 2 || wanted.Any(name => all.All(scenario => scenario.Name != name)))
{
    Console.Error.WriteLine("usage: Load APP_DLL RESULTS_DIR [--strict] [" + string.Join(" | ", all.Select(scenario => scenario.Name)) + "]");
    return 64;
}

Directory.CreateDirectory(args[1]);
var results = new ResultFile(args[1], Machine.Read(args[0]));
var missed = new List<string>();
foreach (var scenario in all.Where(scenario => wanted.Count == 0 || wanted.Contains(scenario.Name)))
{
    Console.WriteLine($"== {scenario.Name}: {scenario.What}");
    if (await scenario.RunAsync(args[0], results) is { } problem)
    {
        Console.Error.WriteLine($"{scenario.Name} is void: {problem}");
        return 1;
    }

    missed.AddRange(Aim.Missed(scenario.Name, results.Added));
}

Report.Write(args[1]);
missed.ForEach(sentence => Console.Error.WriteLine($"missed: {sentence}"));
return strict && missed.Count > 0 ? 1 : 0;
