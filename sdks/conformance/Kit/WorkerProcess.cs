using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>The answer to a command.</summary>
internal sealed record Answer(string Do, JsonObject Json)
{
    public bool IsOk => Json["ok"]?.GetValueKind() == JsonValueKind.True;

    public string Error => Text("error");

    public string Text(string name) => Json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public double Number(string name) => Json[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : double.NaN;

    public int Generation => double.IsNaN(Number("generation")) ? -1 : (int)Number("generation");

    public string Reason => Text("reason");

    public Answer Ok()
    {
        Expect.True(IsOk, $"the command {Do} to succeed", Json.ToJsonString());
        return this;
    }

    public Answer Failed(string error)
    {
        Expect.True(!IsOk && Error == error, $"the command {Do} to fail with {error}", Json.ToJsonString());
        return this;
    }
}

/// <summary>Something the worker said unasked.</summary>
internal sealed record WorkerEvent(string Name, JsonObject Json)
{
    public string Text(string name) => Json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    public int Number(string name) => Json[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : -1;

    public bool Bool(string name) => Json[name]?.GetValueKind() == JsonValueKind.True;

    public bool IsHandler(string phase, string request = "") => Name == "handler" && Text("phase") == phase && (request.Length == 0 || Text("request_id") == request);
}

/// <summary>A conformance worker: its process, commands to it, events of it, what the system says of it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private const int MostErrorLines = 60;

    /// <summary>A process that starts takes a processor; more at once only make each other late.</summary>
    private static readonly SemaphoreSlim Starting = new(Math.Max(1, Environment.ProcessorCount));

    private readonly Process _process;
    private readonly CaseClock _clock;
    private readonly ConcurrentDictionary<int, (string Do, TaskCompletionSource<Answer> Reply)> _open = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Queue<string> _errors = [];
    private readonly Task _reading;
    private readonly Fault _fault;
    private int _lastId;
    private int _measured;

    private WorkerProcess(Process process, CaseClock clock, Fault fault)
    {
        _process = process;
        _clock = clock;
        _fault = fault;
        Events = new Journal<WorkerEvent>("worker program", clock, said => said.Json.ToJsonString());
        _process.ErrorDataReceived += (_, line) => TakeError(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    public Journal<WorkerEvent> Events { get; }

    /// <summary>The process that holds the stub.</summary>
    public int Pid { get; private set; }

    public string Sdk { get; private set; } = "";

    /// <summary>A handler can hold up the loop that starts handlers.</summary>
    public bool BlocksLoop { get; private set; }

    /// <summary>Heartbeats come from the loop that handlers can block.</summary>
    public bool HasSingleLoop { get; private set; }

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
            {
                return [.. _errors];
            }
        }
    }

    public static async Task<WorkerProcess> StartAsync(string commandLine, CaseClock clock, IReadOnlyDictionary<string, string> environment, Fault fault)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec " + commandLine])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PLUGIN_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        await Starting.WaitAsync();
        try
        {
            return await ReadyAsync(start, clock, fault);
        }
        finally
        {
            Starting.Release();
        }
    }

    private static async Task<WorkerProcess> ReadyAsync(ProcessStartInfo start, CaseClock clock, Fault fault)
    {
        var worker = new WorkerProcess(Process.Start(start) ?? throw new InvalidOperationException("the worker did not start"), clock, fault);
        try
        {
            var (ready, _) = await worker.Events.AwaitAsync(said => said.Name == "ready", "the event ready as the first line", 30);
            worker.Pid = ready.Number("pid");
            worker.Sdk = ready.Text("sdk");
            worker.BlocksLoop = ready.Bool("blocks_loop");
            worker.HasSingleLoop = ready.Bool("single_loop");
            Expect.True(worker.Pid > 0 && worker.Sdk.Length > 0, "ready to name pid and sdk", ready.Json.ToJsonString());
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a command; the answer may come much later.</summary>
    public Task<Answer> DoAsync(string what, JsonObject? args = null) => Send(what, args).Reply;

    /// <summary>Sends a command and tells its id, for a later cancel.</summary>
    public (int Id, Task<Answer> Reply) Send(string what, JsonObject? args = null)
    {
        var id = Interlocked.Increment(ref _lastId);
        var reply = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[id] = (what, reply);
        if (Events.Over is { } over)
        {
            reply.TrySetException(new CaseFailure($"an answer to {what}", over));
        }

        return (id, SendAsync());

        async Task<Answer> SendAsync()
        {
            var line = new JsonObject { ["id"] = id, ["do"] = what, ["args"] = args ?? [] }.ToJsonString();
            await _writing.WaitAsync();
            try
            {
                await _process.StandardInput.WriteLineAsync(line);
                await _process.StandardInput.FlushAsync();
            }
            catch (IOException exception)
            {
                reply.TrySetException(new CaseFailure($"an answer to {what}", $"the worker does not read: {exception.Message}"));
            }
            finally
            {
                _writing.Release();
            }

            return await reply.Task;
        }
    }

    /// <summary>Sends a command whose answer must come in time.</summary>
    public Task<Answer> DoAsync(string what, double seconds, JsonObject? args = null) => InTimeAsync(DoAsync(what, args), what, seconds);

    public async Task<Answer> InTimeAsync(Task<Answer> reply, string what, double seconds)
    {
        try
        {
            return await reply.WaitAsync(_clock.Patient(seconds), TimeProvider.System);
        }
        catch (TimeoutException)
        {
            throw new CaseFailure($"an answer to {what} within {_clock.Patient(seconds).TotalSeconds:0.#} s", "none");
        }
    }

    public async Task<Answer> StateAsync() => (await DoAsync("state", 10)).Ok();

    /// <summary>The worker reaches that state; asked, because properties tell nobody when they change.</summary>
    public async Task UntilAsync(string state, double seconds)
    {
        var until = _clock.Now + _clock.Patient(seconds);
        while (true)
        {
            var isLast = _clock.Now > until;
            var seen = (await StateAsync()).Text("state");
            if (seen == state)
            {
                return;
            }

            Expect.True(!isLast, FormattableString.Invariant($"the state {state} within {_clock.Patient(seconds).TotalSeconds:0.#} s"), seen);
            await CaseClock.PauseAsync(0.01);
        }
    }

    public Task<(WorkerEvent Item, TimeSpan At)> ClosedAsync(int generation, double seconds) =>
        Events.AwaitAsync(said => said.Name == "closed" && said.Number("generation") == generation, $"the event closed of session {generation}", seconds);

    public IReadOnlyList<WorkerEvent> Closes() => [.. Events.From().Select(entry => entry.Item).Where(said => said.Name == "closed")];

    /// <summary>Ends the session there may be. Each that there was has told its end once then.</summary>
    public async Task CheckClosesAsync()
    {
        if (!_process.HasExited)
        {
            (await DoAsync("policy", 10, new JsonObject { ["on_close"] = new JsonArray() })).Ok();
            (await DoAsync("stop", 20, new JsonObject { ["drain"] = false })).Ok();
            var last = (await StateAsync()).Generation;
            if (last > 0 && !Closes().Any(close => close.Number("generation") == last))
            {
                await Events.AwaitAsync(said => said.Name == "closed" && said.Number("generation") == last, $"OnClose once for each session, the last one {last}", 5);
            }
        }

        var told = Closes().Select(close => close.Number("generation")).Order().ToList();
        Expect.True(told.SequenceEqual(Enumerable.Range(1, told.LastOrDefault())), "OnClose once for each session", $"for {string.Join(", ", told)}");
    }

    public async Task<int> ExitedAsync(double seconds)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(_clock.Patient(seconds), TimeProvider.System);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new CaseFailure($"the process to end within {_clock.Patient(seconds).TotalSeconds:0.#} s", "it still runs");
        }
    }

    /// <summary>From /proc.</summary>
    public Footprint Measure()
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}");
        try
        {
            var status = File.ReadLines($"{folder}/status").Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1].Trim());
            var sockets = Directory.EnumerateFileSystemEntries($"{folder}/fd").Count(entry => LinkOf(entry).StartsWith("socket:", StringComparison.Ordinal));
            var measured = new Footprint(int.Parse(status["Threads"], CultureInfo.InvariantCulture), sockets, long.Parse(status["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture));
            return _fault.Measures(++_measured, measured);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or KeyNotFoundException)
        {
            throw new CaseFailure($"a process with the pid of ready, {Pid}", exception.Message);
        }
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.StandardInput.Close();
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(3), TimeProvider.System);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or IOException or InvalidOperationException)
        {
            // It is ended below.
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    private static string LinkOf(string entry)
    {
        try
        {
            return new FileInfo(entry).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private void TakeError(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Enqueue(line.Length > 500 ? line[..500] + " …" : line);
            if (_errors.Count > MostErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }

    private async Task ReadAsync()
    {
        var why = "the worker program ended";
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (!Take(line))
                {
                    why = $"the worker wrote to stdout what is neither answer nor event: {(line.Length > 300 ? line[..300] : line)}";
                    break;
                }
            }
        }
        catch (IOException exception)
        {
            why = exception.Message;
        }

        Events.End(why);
        foreach (var (_, (what, reply)) in _open)
        {
            reply.TrySetException(new CaseFailure($"an answer to {what}", why));
        }
    }

    private bool Take(string line)
    {
        JsonObject? json;
        try
        {
            json = JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }

        if (json?["event"] is JsonValue name && name.TryGetValue<string>(out var called))
        {
            foreach (var said in _fault.Happens(new WorkerEvent(called, json)))
            {
                Events.Add(said);
            }

            return true;
        }

        if (json?["id"] is JsonValue number && number.TryGetValue<int>(out var id) && _open.TryRemove(id, out var open))
        {
            var answer = new Answer(open.Do, json);
            _fault.Answers(answer);
            open.Reply.TrySetResult(answer);
            return true;
        }

        return false;
    }
}
