using System.Collections;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;
using BlazorPluginAdmin.App.SeaweedFS.Import;

if (args.Contains("--help"))
{
    Console.WriteLine(AppOptions.Help);
    return 0;
}

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
var (file, unreadable) = OptionsFile.Read(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
var (import, others, misused) = ImportCommand.Read(args);
var (options, wrong) = AppOptions.Read(others, file, environment);
var open = BindGuard.Problem(options);
if (unreadable is not null || misused is not null || wrong.Count > 0 || open is not null)
{
    foreach (var error in ((string?[])[unreadable, misused, .. wrong, open]).OfType<string>())
    {
        await Console.Error.WriteLineAsync(error);
    }

    return unreadable is null && misused is null && wrong.Count == 0 ? StartRefusedException.Config : StartRefusedException.Usage;
}

try
{
    if (import is not null)
    {
        return await import.RunAsync(options, Console.Out, Console.Error, TimeProvider.System);
    }

    await using var admin = await AdminApp.StartAsync(options);
    if (!options.Ephemeral)
    {
        Console.WriteLine($"Data: {Path.GetFullPath(options.DataDir)}");
    }

    if (options.NoWorker)
    {
        Console.WriteLine("Stock worker: off");
    }
    else if (!options.AdmitsOwnWorker)
    {
        Console.WriteLine(options.WorkerPort.IsTls
            ? "Stock worker: off (workers need certificates here: start it yourself with --tls-ca, --tls-cert and --tls-key)"
            : "Stock worker: off (this machine is not in --worker-allow)");
    }

    Console.WriteLine($"Admission: {options.Admission}");

    if (admin.ViewAddress is { } view)
    {
        Console.WriteLine($"View only: {view}");
    }

    // Whoever starts the admin reads the lines above and goes on after the last of these two.
    Console.WriteLine($"Dashboard: {admin.HttpAddress}");
    Console.WriteLine($"Workers: {admin.GrpcAddress}");
    await admin.WaitForShutdownAsync();
    return Environment.ExitCode;
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return refused.ExitCode;
}
