using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using BlazorPluginAdmin.Tests.Shared;
using BlazorPluginAdmin.Wire;
using Google.Protobuf;
using Body = BlazorPluginAdmin.Wire.WorkerToAdminMessage.BodyOneofCase;

namespace BlazorPluginAdmin.WorkerSdk.Tests.Weed;

/// <summary>A scripted <c>weed admin</c> in a process of its own, on a public gRPC library. Everything a worker says to it passes by here.</summary>
internal sealed class WeedAdmin : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Process _process;
    private readonly Task _reading;
    private readonly StringBuilder _complaints = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _calls = new();
    private readonly ConcurrentQueue<WorkerToAdminMessage> _heard = new();
    private readonly ConcurrentQueue<AdminToWorkerMessage> _said = new();
    private readonly Channel<WorkerToAdminMessage> _received = Channel.CreateUnbounded<WorkerToAdminMessage>();
    private readonly Channel<AdminToWorkerMessage> _sent = Channel.CreateUnbounded<AdminToWorkerMessage>();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly TaskCompletionSource<JsonElement> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _lastCall;

    private WeedAdmin(string messages, WeedSettings settings)
    {
        // Debian's own Python: another one on the PATH does not see Debian's packages.
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(ProjectFolder, "Weed", "Peer", "main.py"), JsonSerializer.Serialize(settings, Json)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = messages;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_complaints)
            {
                _complaints.AppendLine(line.Data);
            }
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    /// <summary>Where this test project's sources are.</summary>
    public static string ProjectFolder { get; } =
        typeof(WeedAdmin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectFolder").Value!;

    public int HttpPort { get; private set; }

    public int GrpcPort { get; private set; }

    /// <summary>The form that asks the page for the worker port.</summary>
    public string Address => $"127.0.0.1:{HttpPort}";

    /// <summary>The form that asks nobody.</summary>
    public string DottedAddress => $"127.0.0.1:{HttpPort}.{GrpcPort}";

    /// <summary>Everything workers have said so far.</summary>
    public IReadOnlyList<WorkerToAdminMessage> Heard => [.. _heard];

    /// <summary>Everything it has said so far.</summary>
    public IReadOnlyList<AdminToWorkerMessage> Said => [.. _said];

    public static async Task<WeedAdmin> StartAsync(string messages, WeedSettings settings)
    {
        var admin = new WeedAdmin(messages, settings);
        var ready = await admin._ready.Task.InTimeAsync("the start of the scripted weed admin");
        (admin.HttpPort, admin.GrpcPort) = (ready.GetProperty("http").GetInt32(), ready.GetProperty("grpc").GetInt32());
        return admin;
    }

    /// <summary>The next message of that kind from a worker; everything else is passed over.</summary>
    public Task<WorkerToAdminMessage> NextAsync(Body wanted, Func<WorkerToAdminMessage, bool>? which = null) =>
        NextAsync(_received, message => message.BodyCase == wanted && which?.Invoke(message) != false, $"a {wanted} of the worker");

    /// <summary>The next message of that kind to a worker; everything else is passed over.</summary>
    public Task<AdminToWorkerMessage> NextSentAsync(AdminToWorkerMessage.BodyOneofCase wanted) => NextAsync(_sent, message => message.BodyCase == wanted, $"a {wanted} of the admin");

    /// <summary>How workers have asked its page for the port so far: http, or https.</summary>
    public IReadOnlyList<string> Questions => [.. _asked];

    public Task<WeedDetection> DetectAsync(string jobType, int maxResults = 0, double timeout = 45) =>
        CallAsync<WeedDetection>("detect", ("job_type", jobType), ("max_results", maxResults), ("timeout", timeout));

    public Task<WeedRun> RunAsync(string jobType, double capacityWait = 10) => CallAsync<WeedRun>("run", ("job_type", jobType), ("capacity_wait", capacityWait));

    public Task<WeedJob> ExecuteAsync(JobSpec job) => CallAsync<WeedJob>("execute", ("job", job.ToByteArray()));

    public Task<WeedJob> ExecuteAsync(string jobType, string jobId) => ExecuteAsync(new JobSpec { JobId = jobId, JobType = jobType });

    public async Task<PersistedJobTypeConfig?> ConfigAsync(string jobType) =>
        (await CallAsync("config", ("job_type", jobType))).TryGetProperty("config", out var bytes) ? PersistedJobTypeConfig.Parser.ParseFrom(bytes.GetBytesFromBase64()) : null;

    public Task ConfigureAsync(PersistedJobTypeConfig config) => CallAsync("configure", ("job_type", config.JobType), ("config", config.ToByteArray()));

    public Task SucceededAsync(string jobType, long unixSeconds) => CallAsync("succeeded", ("job_type", jobType), ("seconds", unixSeconds));

    /// <summary>Says anything at all to the connected worker.</summary>
    public Task SendAsync(AdminToWorkerMessage message) => CallAsync("send", ("message", message.ToByteArray()));

    public async Task<IReadOnlyList<WeedWorker>> WorkersAsync() => (await CallAsync("workers")).GetProperty("workers").Deserialize<IReadOnlyList<WeedWorker>>(Json)!;

    /// <summary>Waits until the worker has been silent for so long that it is hidden.</summary>
    public Task HiddenAsync() => CallAsync("hidden");

    /// <summary>How the status page behaves from now on.</summary>
    public Task StatusAsync(string mode) => CallAsync("status", ("mode", mode));

    /// <summary>Ends the streams as a shutdown does: well, and without a word.</summary>
    public Task EndStreamsAsync() => CallAsync("end");

    /// <summary>Says the admin's side of a recording; returns the recorded request ids with the new ones.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReplayAsync(string recording) =>
        (await CallAsync("replay", ("recording", recording))).GetProperty("ids").Deserialize<IReadOnlyDictionary<string, string>>(Json)!;

    /// <summary>Ends it as by kill -9: connections are lost, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().InTimeAsync("the end of the scripted weed admin");
        await _reading.InTimeAsync("the end of its output");
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task<T> NextAsync<T>(Channel<T> from, Func<T, bool> which, string what)
    {
        try
        {
            while (true)
            {
                var next = await from.Reader.ReadAsync().AsTask().InTimeAsync(what);
                if (which(next))
                {
                    return next;
                }
            }
        }
        catch (Exception exception) when (exception is TimeoutException or ChannelClosedException)
        {
            throw new InvalidOperationException($"{what} did not come; so far: {string.Join(", ", _heard.Select(message => message.BodyCase))}\n{Complaints()}", exception);
        }
    }

    private async Task<T> CallAsync<T>(string verb, params (string Name, object Value)[] arguments) => (await CallAsync(verb, arguments)).Deserialize<T>(Json)!;

    private async Task<JsonElement> CallAsync(string verb, params (string Name, object Value)[] arguments)
    {
        var number = Interlocked.Increment(ref _lastCall);
        var reply = _calls[number] = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = arguments.ToDictionary(argument => argument.Name, argument => argument.Value);
        (command["id"], command["do"]) = (number, verb);
        var line = JsonSerializer.Serialize(command);
        lock (_calls)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }

        var answer = await reply.Task.InTimeAsync($"the answer to {verb}");
        return answer.TryGetProperty("fault", out var fault) ? throw new InvalidOperationException($"{verb}: {fault}\n{Complaints()}") : answer;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Take(JsonSerializer.Deserialize<JsonElement>(line));
        }

        var over = new EndOfStreamException($"the scripted weed admin ended: {Complaints()}");
        _ready.TrySetException(over);
        _received.Writer.TryComplete(over);
        foreach (var call in _calls.Values)
        {
            call.TrySetException(over);
        }
    }

    private void Take(JsonElement line)
    {
        if (line.TryGetProperty("reply", out var number))
        {
            _calls[number.GetInt32()].TrySetResult(line);
            return;
        }

        switch (line.GetProperty("event").GetString())
        {
            case "ready":
                _ready.TrySetResult(line);
                break;
            case "received":
                var received = WorkerToAdminMessage.Parser.ParseFrom(line.GetProperty("bytes").GetBytesFromBase64());
                _heard.Enqueue(received);
                _received.Writer.TryWrite(received);
                break;
            case "sent":
                var sent = AdminToWorkerMessage.Parser.ParseFrom(line.GetProperty("bytes").GetBytesFromBase64());
                _said.Enqueue(sent);
                _sent.Writer.TryWrite(sent);
                break;
            case "asked":
                _asked.Enqueue(line.GetProperty("scheme").GetString()!);
                break;
            default:
                break;
        }
    }

    private string Complaints()
    {
        lock (_complaints)
        {
            return _complaints.ToString();
        }
    }
}
