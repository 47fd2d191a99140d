using System.Runtime.InteropServices;
using BlazorPluginAdmin.ConformanceWorker;

var commands = new Commands(new Stub());
using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stopping);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stopping);

// A line is begun before the next one is read; nothing on this thread waits for a command.
var reading = Task.Run(() =>
{
    while (Console.In.ReadLine() is { } line)
    {
        commands.Take(line);
    }
});
Lines.Event("ready", ("pid", Environment.ProcessId), ("sdk", "csharp 0.1.0"), ("blocks_loop", true), ("single_loop", false));
var ended = await Task.WhenAny(reading, commands.Exit);
return ended == reading ? 0 : await commands.Exit;

void Stopping(PosixSignalContext signal)
{
    signal.Cancel = true;
    _ = commands.StopAsync();
}
