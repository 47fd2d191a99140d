using System.Collections;
using BlazorPluginAdmin.App;
using BlazorPluginAdmin.App.Hosting;

if (args.Contains("--help"))
{
    Console.WriteLine(AppOptions.Help);
    return 0;
}

var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).Build();
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
var (options, errors) = AppOptions.Read(args, file, environment);
if (errors.Count > 0)
{
    foreach (var error in errors)
    {
        await Console.Error.WriteLineAsync(error);
    }

    return StartRefusedException.Usage;
}

try
{
    await using var admin = await AdminApp.StartAsync(options);
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
