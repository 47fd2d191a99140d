using BlazorPluginAdmin.Samples.DemoFleet;
using BlazorPluginAdmin.WorkerSdk;

// A lively fleet for looking at the dashboard: real workers over the real protocol, whose work is play.
// DemoFleet GRPC-ADDRESS HTTP-ADDRESS [workers, default 24]
if (args.Length is < 2 or > 3 || !Uri.TryCreate(args[1], UriKind.Absolute, out var pages) || !int.TryParse(args.ElementAtOrDefault(2) ?? "24", out var count) || count is < 1 or > 2000)
{
    await Console.Error.WriteLineAsync("usage: DemoFleet grpc://127.0.0.1:33646 http://127.0.0.1:23646 [workers, 1 to 2000]");
    return 64;
}

using var stopping = new CancellationTokenSource();
using var onTerm = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, Stop);
using var onInt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, Stop);
var time = TimeProvider.System;
using var visitors = new Visitors(pages, time);
var fleet = Enumerable.Range(0, count).Select(n => new DemoWorker(n, args[0], time)).ToList();
try
{
    await Task.WhenAll([.. fleet.Select(worker => worker.RunAsync(stopping.Token)), visitors.VisitAsync(stopping.Token)]);
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    // Told to stop.
}

return 0;

void Stop(System.Runtime.InteropServices.PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
