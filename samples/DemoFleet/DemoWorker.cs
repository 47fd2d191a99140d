using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.Samples.DemoFleet;

/// <summary>A worker of the demo: its pool decides what it offers, and one of them has a bad connection.</summary>
internal sealed class DemoWorker
{
    private static readonly (string Pool, int Slots, string[] Types)[] Pools =
    [
        ("media", 4, ["transcode", "thumbnail"]), ("media", 4, ["transcode", "thumbnail"]), ("batch", 2, ["backup", "index_rebuild"]), ("web", 6, ["thumbnail", "report"]),
    ];

    private static readonly TimeSpan StaysConnected = TimeSpan.FromMinutes(3);

    private readonly WorkerOptions _options;
    private readonly IReadOnlyList<IJobHandler> _handlers;
    private readonly TimeProvider _time;
    private readonly bool _flaps;

    public DemoWorker(int number, string admin, TimeProvider time)
    {
        var (pool, slots, types) = Pools[number % Pools.Length];
        _time = time;
        _flaps = number == 9;
        _handlers = [.. DemoType.All.Where(type => types.Contains(type.Name)).Select((type, n) => new DemoHandler(type, (number * 10) + n, time))];
        _options = new WorkerOptions
        {
            Address = admin,
            WorkerId = string.Create(CultureInfo.InvariantCulture, $"{pool}-{(pool == "media" ? (number / Pools.Length * 2) + (number % 2) : number / Pools.Length) + 1:00}"),
            Version = number % 5 == 0 ? "2.4.1" : "2.5.0",
            ExecutionSlots = slots,
            DetectionSlots = 2,
            StateDirectory = Path.GetTempPath(),
            Labels = new Dictionary<string, string> { ["pool"] = pool, ["zone"] = number % 3 == 0 ? "fra1" : "ams1", ["gpu"] = pool == "media" && number % 2 == 0 ? "a10" : "none" },
        };
    }

    /// <summary>Until it is told to stop; back after every end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var worker = new PluginWorker(_options, [.. _handlers]);
            var running = worker.RunForeverAsync(cancellationToken: until.Token);
            if (_flaps)
            {
                await Task.WhenAny(running, Task.Delay(StaysConnected, _time, cancellationToken));
                await until.CancelAsync();
            }

            await running;
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromSeconds(10), _time, cancellationToken);
        }
    }
}
