using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>An admin as a process of its own, with what the operating system says about it.</summary>
internal sealed class AdminUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly bool _ownsData;

    private AdminUnderTest(Process process, string data, bool ownsData, TimeSpan startedIn, string http, string grpc)
    {
        _process = process;
        _ownsData = ownsData;
        Data = data;
        StartedIn = startedIn;
        StartCpu = Cpu;
        Grpc = grpc;
        Http = new HttpClient { BaseAddress = new Uri(http), Timeout = TimeSpan.FromMinutes(10) };
    }

    public string Data { get; }

    public HttpClient Http { get; }

    /// <summary>host:port for workers.</summary>
    public string Grpc { get; }

    /// <summary>From the start of the process until both ports were open.</summary>
    public TimeSpan StartedIn { get; }

    public TimeSpan StartCpu { get; }

    public double ResidentMegabytes => Figure("status", "VmRSS:") / 1024;

    /// <summary>Since its start.</summary>
    public double MostResidentMegabytes => Figure("status", "VmHWM:") / 1024;

    /// <summary>What is reachable in its managed heap, after a full collection that this call forces.</summary>
    public Task<double> LiveMegabytesAsync() => LiveHeap.MegabytesAsync(_process.Id);

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="app">App.dll.</param>
    /// <param name="data">An existing data directory; null: a new one that goes with the process.</param>
    /// <param name="more">Further arguments.</param>
    public static async Task<AdminUnderTest> StartAsync(string app, string? data = null, params string[] more)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("bench-").FullName;
        var watch = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo("dotnet", [app, "--port", "0", "--grpc-port", "0", "--data-dir", folder, .. more]) { RedirectStandardOutput = true })!;
        var (http, grpc) = ("", "");
        while (grpc.Length == 0)
        {
            var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the admin ended before it was up");
            http = line.StartsWith("Dashboard: ", StringComparison.Ordinal) ? line["Dashboard: ".Length..] : http;
            grpc = line.StartsWith("Workers: ", StringComparison.Ordinal) ? line["Workers: ".Length..] : grpc;
        }

        return new AdminUnderTest(process, folder, data is null, watch.Elapsed, http, grpc);
    }

    /// <summary>The sum of a metric's samples that carry all these label texts.</summary>
    public async Task<double> MetricAsync(string name, params string[] labels) => (await Http.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>Lets more jobs of a type wait than usual; other dispatch settings are as if nobody had changed them.</summary>
    public async Task WidenQueueAsync(string jobType)
    {
        using var answer = await Http.PutAsJsonAsync($"/api/plugin/job-types/{jobType}/dispatch", new { queue_limit = 1_000_000 });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends the process and keeps the data.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>SIGKILL; the data stay.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        Http.Dispose();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _process.Dispose();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    private double Figure(string file, string name) => double.Parse(
        File.ReadLines($"/proc/{_process.Id}/{file}").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);
}
