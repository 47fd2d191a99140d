using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.ConformanceWorker;

/// <summary>The kit's commands: begun in the order of the lines, answered when they have ended.</summary>
internal sealed class Commands(Stub stub)
{
    private readonly ConcurrentDictionary<int, CancellationTokenSource> _open = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the exit code of the process.</summary>
    public Task<int> Exit => _exit.Task;

    public void Take(string line)
    {
        JsonObject json;
        int id;
        string what;
        try
        {
            json = JsonNode.Parse(line)!.AsObject();
            id = json["id"]!.GetValue<int>();
            what = json["do"]!.GetValue<string>();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            Console.Error.WriteLine($"no command: {line}");
            return;
        }

        _ = AnswerAsync(id, what, json["args"] as JsonObject ?? []);
    }

    /// <summary>As after a signal: running work is finished first.</summary>
    public async Task StopAsync()
    {
        if (stub.Constructed is { } worker)
        {
            await worker.StopAsync();
        }

        _exit.TrySetResult(0);
    }

    private async Task AnswerAsync(int id, string what, JsonObject args)
    {
        using var canceled = new CancellationTokenSource();
        _open[id] = canceled;
        JsonObject answer;
        try
        {
            answer = await DoAsync(what, args, canceled.Token);
            answer["ok"] = true;
        }
        catch (Exception exception)
        {
            answer = Error(exception);
        }

        _open.TryRemove(id, out _);
        answer["id"] = id;
        Lines.Write(answer);
        if (what == "exit")
        {
            _exit.TrySetResult(0);
        }
        else if (what == "run_forever" && Flag(args, "exit", false))
        {
            _exit.TrySetResult(ExitCode(answer));
        }
    }

    private static JsonObject Error(Exception exception) => exception switch
    {
        StartFailureException failure => new JsonObject { ["ok"] = false, ["error"] = failure.Reason.ToString(), ["text"] = failure.Message, ["permanent"] = failure.IsPermanent },
        OperationCanceledException => new JsonObject { ["ok"] = false, ["error"] = "Canceled", ["text"] = exception.Message },
        CommandException command => new JsonObject { ["ok"] = false, ["error"] = command.Code, ["text"] = command.Message },
        AlreadyStartedException => new JsonObject { ["ok"] = false, ["error"] = "AlreadyStarted", ["text"] = exception.Message },
        _ => new JsonObject { ["ok"] = false, ["error"] = "Internal", ["text"] = exception.ToString() },
    };

    private static int ExitCode(JsonObject answer) => Enum.TryParse<CloseReason>((answer["reason"] ?? answer["error"])?.GetValue<string>(), out var reason)
        ? PluginWorkerHosting.ExitCode(reason, answer["permanent"]?.GetValue<bool>() ?? false)
        : 70;

    private async Task<JsonObject> DoAsync(string what, JsonObject args, CancellationToken canceled)
    {
        switch (what)
        {
            case "set":
                stub.Set(args);
                return [];
            case "new":
                _ = stub.Worker;
                return [];
            case "start":
                return new JsonObject { ["generation"] = (await stub.Worker.StartAsync(canceled)).Generation };
            case "stop":
                await stub.Worker.StopAsync(Flag(args, "drain", true), TimeSpan.FromMilliseconds(args["grace_ms"]?.GetValue<double>() ?? 30_000), canceled);
                return [];
            case "run":
                return Ended(await stub.Worker.RunAsync(canceled));
            case "wait":
                return Ended(await stub.Worker.WaitAsync(canceled));
            case "run_forever":
                return Ended(await stub.Worker.RunForeverAsync(cancellationToken: canceled));
            case "cancel":
                Cancel(args["target"]?.GetValue<int>() ?? 0);
                return [];
            case "policy":
                stub.OnClose = [.. (args["on_close"] as JsonArray ?? []).Select(item => item!.GetValue<string>())];
                return [];
            case "state":
                return State();
            case "exit":
                return [];
            default:
                throw new CommandException("Invalid", $"there is no command {what}");
        }
    }

    private void Cancel(int target)
    {
        try
        {
            _ = _open.TryGetValue(target, out var command) ? command.CancelAsync() : Task.CompletedTask;
        }
        catch (ObjectDisposedException)
        {
            // It has just been answered.
        }
    }

    private JsonObject State()
    {
        var worker = stub.Worker;
        var session = worker.Session;
        return new JsonObject
        {
            ["state"] = worker.State.ToString(),
            ["worker_id"] = worker.WorkerId,
            ["generation"] = session?.Generation ?? 0,
            ["instance_id"] = session?.InstanceId ?? "",
            ["extensions"] = new JsonArray([.. (session?.Extensions ?? new HashSet<string>()).Select(name => (JsonNode)name)]),
            ["registration_timeout_ms"] = worker.RegistrationTimeout.TotalMilliseconds,
            ["heartbeat_interval_ms"] = worker.HeartbeatInterval.TotalMilliseconds,
            ["reconnect_delay_ms"] = worker.ReconnectDelay.TotalMilliseconds,
            ["admin_version"] = worker.AdminVersion,
            ["constructed"] = new JsonObject(ConformanceHandler.Constructed.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };
    }

    private static JsonObject Ended(RunResult? result) =>
        new() { ["reason"] = result?.Reason.ToString(), ["generation"] = result?.Session?.Generation, ["text"] = result?.Text, ["permanent"] = result?.IsPermanent };

    private static bool Flag(JsonObject args, string name, bool otherwise) => args[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : otherwise;
}
