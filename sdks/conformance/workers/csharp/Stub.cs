using System.Net.Sockets;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.ConformanceWorker;

/// <summary>A command that cannot be carried out, with the contract's code.</summary>
internal sealed class CommandException(string code, string text) : Exception(text)
{
    public string Code { get; } = code;
}

/// <summary>The one stub of this process: its options until it is constructed, then the SDK's object.</summary>
internal sealed class Stub
{
    private static readonly Dictionary<string, Func<IJobHandler>> Handlers = new(StringComparer.Ordinal)
    {
        ["conf_echo"] = () => new Echo(),
        ["conf_sleep"] = () => new Sleep(),
        ["conf_stubborn"] = () => new Stubborn(),
        ["conf_fail"] = () => new Fail(),
        ["conf_throw"] = () => new Throw(),
        ["conf_output"] = () => new Output(),
        ["conf_progress"] = () => new Progress(),
        ["conf_detect"] = () => new Detect(),
        ["conf_block"] = () => new Block(),
        ["conf_config"] = () => new Config(),
    };

    private readonly Lock _gate = new();
    private WorkerOptions _options = new();
    private IReadOnlyList<string> _handlers = [.. Handlers.Keys];
    private PluginWorker? _worker;

    /// <summary>What OnClose does, in order.</summary>
    public volatile IReadOnlyList<string> OnClose = [];

    /// <summary>The stub; constructed when nobody has yet.</summary>
    public PluginWorker Worker
    {
        get
        {
            lock (_gate)
            {
                try
                {
                    return _worker ??= new PluginWorker(
                        _options with { Logger = new EventLogger(), OnClose = ClosedAsync },
                        [.. _handlers.Select(name => Handlers.TryGetValue(name, out var make) ? make() : throw new CommandException("Invalid", $"there is no handler {name}"))]);
                }
                catch (ArgumentException exception)
                {
                    throw new CommandException("Invalid", exception.Message);
                }
            }
        }
    }

    public PluginWorker? Constructed
    {
        get
        {
            lock (_gate)
            {
                return _worker;
            }
        }
    }

    public void Set(JsonObject args)
    {
        lock (_gate)
        {
            if (_worker is not null)
            {
                throw new CommandException("Invalid", "the stub is constructed");
            }

            foreach (var (name, value) in args)
            {
                Set(name, value!);
            }
        }
    }

    private void Set(string name, JsonNode value)
    {
        TimeSpan Span() => TimeSpan.FromMilliseconds(value.GetValue<double>());
        string[] Texts() => [.. value.AsArray().Select(item => item!.GetValue<string>())];
        if (name == "handlers")
        {
            _handlers = Texts();
            return;
        }

        _options = name switch
        {
            "address" => _options with { Address = value.GetValue<string>() },
            "worker_id" => _options with { WorkerId = value.GetValue<string>() },
            "state_dir" => _options with { StateDirectory = value.GetValue<string>() },
            "token" => _options with { Token = value.GetValue<string>() },
            "detection_slots" => _options with { DetectionSlots = value.GetValue<int>() },
            "execution_slots" => _options with { ExecutionSlots = value.GetValue<int>() },
            "registration_timeout_ms" => _options with { RegistrationTimeout = Span() },
            "resume_window_ms" => _options with { ResumeWindow = Span() },
            "cancel_grace_ms" => _options with { CancelGrace = Span() },
            "keepalive_ms" => _options with { Channel = _options.Channel with { KeepAlivePingDelay = Span() } },
            "receive_limit" => _options with { Channel = _options.Channel with { MaxReceiveMessageSize = value.GetValue<int>() } },
            "send_limit" => _options with { Channel = _options.Channel with { MaxSendMessageSize = value.GetValue<int>() } },
            "extensions" => _options with { Extensions = Texts() },
            "ready_connection" => _options with { ReadyConnection = Dial(value.GetValue<string>()) },
            _ => throw new CommandException("Invalid", $"there is no option {name}"),
        };
    }

    private static NetworkStream Dial(string address)
    {
        var parts = address.Split(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(parts[0], int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task ClosedAsync(CloseReason reason, SessionSnapshot session)
    {
        Lines.Event("closed", ("reason", reason.ToString()), ("generation", session.Generation));
        foreach (var action in OnClose)
        {
            if (action == "throw")
            {
                throw new InvalidOperationException("thrown in OnClose");
            }

            if (action == "restart" && !RestartPolicy.Restarts(reason))
            {
                continue;
            }

            var error = "";
            try
            {
                await (action == "stop" ? Worker.StopAsync() : Worker.StartAsync());
            }
            catch (StartFailureException failure)
            {
                error = failure.Reason.ToString();
            }
            catch (InvalidOperationException)
            {
                error = "AlreadyStarted";
            }

            Lines.Event("did", ("do", action), ("ok", error.Length == 0), ("error", error));
        }
    }
}
