using BlazorPluginAdmin.WorkerSdk;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using __Name__;

// Serves until SIGTERM or Ctrl+C, then finishes what runs. PLUGIN_ADMIN says where the admin is (default 127.0.0.1:23646).
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
builder.Services.AddPluginWorker(new WorkerOptions { ExecutionSlots = 4 }).AddHandler<LineCountHandler>();
await builder.Build().RunAsync();
return Environment.ExitCode;
