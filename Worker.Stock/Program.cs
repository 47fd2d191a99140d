using System.Collections;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock;
using BlazorPluginAdmin.WorkerStock.Http;
using BlazorPluginAdmin.WorkerStock.Processes;
using BlazorPluginAdmin.WorkerStock.Scripts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args.Contains("--help"))
{
    Console.WriteLine(StockOptions.Help);
    return 0;
}

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "");
var (options, errors) = StockOptions.Read(args, environment);
if (errors.Count > 0)
{
    foreach (var error in errors)
    {
        await Console.Error.WriteLineAsync(error);
    }

    return 64;
}

Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
JobFolder.Sweep(options.StateDirectory);
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { Args = [] });
builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddSingleton(options);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<HostResolver>(HttpHandler.SystemResolverAsync);
builder.Services.AddStockHandlers(options.Types);
var labels = options.Labels.ToDictionary(StringComparer.Ordinal);
if (options.Types.Contains("script"))
{
    var interpreters = await Interpreters.FindAsync(options.Interpreters, TimeProvider.System);
    builder.Services.AddSingleton(interpreters);
    foreach (var (name, version) in interpreters.Labels)
    {
        labels.TryAdd(name, version);
    }
}

builder.Services.AddPluginWorker(new WorkerOptions
{
    Address = options.Admin,
    WorkerId = options.Id,
    StateDirectory = options.StateDirectory,
    ExecutionSlots = options.Slots,
    DetectionSlots = options.DetectSlots,
    ResumeWindow = TimeSpan.FromSeconds(options.ResumeWindow),
    Labels = labels,
    Token = options.Token,
    TlsCa = options.TlsCa,
    TlsCert = options.TlsCert,
    TlsKey = options.TlsKey,
    TlsServerName = options.TlsServerName,
});
await builder.Build().RunAsync();
return Environment.ExitCode;
