using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;

if (args is [AdminChild.Argument])
{
    return await AdminChild.PlayAsync();
}

KitOptions options;
try
{
    options = KitOptions.Parse(args);
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\n\n{KitOptions.Usage}");
    return 64;
}

var wanted = Runner.Cases.Where(entry => options.Wants(entry.Case)).Select(entry => entry.Case).ToList();
if (options.Lists)
{
    foreach (var one in wanted)
    {
        Console.WriteLine(FormattableString.Invariant($"{one.Id,-4} {one.Limit,5} s  {one.Title}"));
    }

    return 0;
}

if (wanted.Count == 0)
{
    await Console.Error.WriteLineAsync("no case has such a name; --list names them");
    return 64;
}

Console.WriteLine("TAP version 13");
Console.WriteLine(FormattableString.Invariant($"1..{wanted.Count * options.Workers.Count}"));
var number = 0;
var results = await Runner.RunAsync(options, result =>
{
    number++;
    foreach (var line in Report.Tap(number, result, options.Workers.Count > 1 ? result.Name : ""))
    {
        Console.WriteLine(line);
    }
});
var failed = results.Where(result => result.Verdict == Verdict.Failed).Select(Name).ToList();
var skipped = results.Where(result => result.Verdict == Verdict.Skipped).Select(Name).ToList();
Console.WriteLine(FormattableString.Invariant($"# {results.Count - failed.Count - skipped.Count} passed, {failed.Count} failed, {skipped.Count} skipped"));
if (failed.Count > 0)
{
    Console.WriteLine($"# failed: {string.Join(", ", failed)}");
}

if (options.Json.Length > 0)
{
    Report.Write(options.Json, results, options);
}

return failed.Count == 0 ? 0 : 1;

string Name(CaseResult result) => options.Workers.Count > 1 ? $"{result.Case.Id} [{result.Name}]" : result.Case.Id;
