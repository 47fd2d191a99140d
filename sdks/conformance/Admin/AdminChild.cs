using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Kit;

namespace BlazorPluginAdmin.Conformance.Admin;

/// <summary>The kit as an admin in a process of its own, to be killed: greets every worker, gives it one job, and tells what comes of it.</summary>
internal static class AdminChild
{
    /// <summary>First argument of such a process.</summary>
    public const string Argument = "--as-admin";

    /// <summary>Plays until standard input ends, so that it never outlives the kit.</summary>
    public static async Task<int> PlayAsync()
    {
        await using var admin = await ScriptedAdmin.StartAsync(Personality.Ours, new CaseClock(1));
        var dialled = 0;
        admin.OnStream = async stream =>
        {
            var number = Interlocked.Increment(ref dialled);
            try
            {
                var hello = await stream.GreetAsync();
                Say(new JsonObject { ["hello"] = hello.WorkerInstanceId });
                var request = string.Create(CultureInfo.InvariantCulture, $"r-{number}");
                await stream.ExecuteAsync(request, "conf_echo");
                Say(new JsonObject { ["completed"] = (await stream.CompletedAsync(request, 10)).Success });
            }
            catch (Exception exception) when (exception is CaseFailure or IOException or OperationCanceledException or Grpc.Transport.RpcException)
            {
                Say(new JsonObject { ["failed"] = exception.Message });
            }
        };
        Say(new JsonObject { ["port"] = admin.Port });
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static void Say(JsonObject json)
    {
        // Whole lines: streams are played side by side.
        lock (Console.Out)
        {
            Console.WriteLine(json.ToJsonString());
        }
    }
}

/// <summary>Such a process, seen from the kit.</summary>
internal sealed class AdminProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private AdminProcess(Process process, CaseClock clock)
    {
        _process = process;
        Said = new Journal<JsonObject>("admin process", clock, json => json.ToJsonString());
        _reading = ReadAsync();
    }

    public Journal<JsonObject> Said { get; }

    public int Port { get; private set; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"grpc://127.0.0.1:{Port}");

    public static async Task<AdminProcess> StartAsync(CaseRun run)
    {
        var self = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        var start = new ProcessStartInfo(self, isHost ? [typeof(AdminProcess).Assembly.Location, AdminChild.Argument] : [AdminChild.Argument]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var admin = run.Own(new AdminProcess(Process.Start(start)!, run.Clock));
        var (first, _) = await admin.Said.AwaitAsync(json => json.ContainsKey("port"), "the admin process to start", 30);
        admin.Port = first["port"]!.GetValue<int>();
        return admin;
    }

    /// <summary>The n-th answer of that name, from 1.</summary>
    public async Task<JsonNode> AwaitAsync(string name, double seconds) => (await Said.AwaitAsync(json => json.ContainsKey(name), $"{name} in the admin process", seconds)).Item[name]!;

    /// <summary>As the machine's out-of-memory killer does it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Said.Add(JsonNode.Parse(line)!.AsObject());
        }

        Said.End("the admin process ended");
    }
}
