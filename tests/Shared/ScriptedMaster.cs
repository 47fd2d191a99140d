using System.Collections.Immutable;
using System.Net;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>A call as a scripted master heard it, answered or refused.</summary>
/// <param name="Name">Of the method.</param>
/// <param name="Request">As it came.</param>
/// <param name="At">By the clock of the test.</param>
public sealed record MasterCall(string Name, IMessage Request, DateTimeOffset At)
{
    /// <summary>Of a call for a lock, else empty.</summary>
    public string LockName => Request switch
    {
        LeaseAdminTokenRequest lease => lease.LockName,
        ReleaseAdminTokenRequest release => release.LockName,
        _ => "",
    };
}

/// <summary>
/// A SeaweedFS master played by a test over the real wire. Leases live ten seconds of the test's clock. Several can be
/// members of one cluster, of which one leads; each has its own memory, as real ones have for locks.
/// </summary>
public sealed class ScriptedMaster : IAsyncDisposable
{
    private static readonly TimeSpan LeaseLife = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<ListenOptions>? _listener;
    private readonly int _port = Ports.Next();
    private readonly Dictionary<string, Held> _locks = new(StringComparer.Ordinal);
    private readonly Feed<ImmutableList<MasterCall>> _calls = new([]);
    private readonly Dictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private WebApplication? _app;
    private long _lastToken = 1_000;

    private ScriptedMaster(TimeProvider time, Action<ListenOptions>? listener) => (_time, _listener) = (time, listener);

    private sealed record Held(long Token, long LockTime, string Client, DateTimeOffset Until);

    /// <summary>As its admin names it: the gRPC port is off the convention, hence written out.</summary>
    public string Address => $"127.0.0.1:9333.{_port}";

    /// <summary>Whom it names as leader; its own address at first. Another one's: it refuses what only a leader does. Empty: nobody is elected.</summary>
    public string Leader { get; set; } = "";

    public IReadOnlyList<string> Filers { get; set; } = [];

    public IReadOnlyList<string> Gateways { get; set; } = [];

    public string Scripts { get; set; } = "";

    public uint SleepMinutes { get; set; }

    /// <summary>Whether its own vacuuming is switched off by an admin.</summary>
    public bool VacuumDisabledByPlugin { get; private set; }

    /// <summary>By method name: how its calls fail.</summary>
    public Dictionary<string, Status> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>All calls so far, oldest first.</summary>
    public ImmutableList<MasterCall> Calls => _calls.Current.Value;

    /// <param name="time">By which leases lapse.</param>
    /// <param name="listener">For TLS.</param>
    public static async Task<ScriptedMaster> StartAsync(TimeProvider time, Action<ListenOptions>? listener = null)
    {
        var master = new ScriptedMaster(time, listener);
        master.Leader = master.Address;
        await master.StartAgainAsync();
        return master;
    }

    /// <summary>On the same port, without any memory of locks.</summary>
    public async Task StartAgainAsync()
    {
        _locks.Clear();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpcTransport(new GrpcServerOptions { ShutdownGrace = TimeSpan.Zero });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Configure();
            kestrel.Listen(IPAddress.Loopback, _port, listener =>
            {
                listener.UseGrpcTransport();
                _listener?.Invoke(listener);
            });
        });
        _app = builder.Build();
        Map<LeaseAdminTokenRequest, LeaseAdminTokenResponse>("LeaseAdminToken", OnlyLeader<LeaseAdminTokenRequest, LeaseAdminTokenResponse>(Lease));
        Map<ReleaseAdminTokenRequest, ReleaseAdminTokenResponse>("ReleaseAdminToken", Release);
        Map<ListClusterNodesRequest, ListClusterNodesResponse>("ListClusterNodes", List);
        Map<DisableVacuumRequest, DisableVacuumResponse>("DisableVacuum", request =>
        {
            VacuumDisabledByPlugin |= request.ByPlugin;
            return new DisableVacuumResponse();
        });
        Map<EnableVacuumRequest, EnableVacuumResponse>("EnableVacuum", request =>
        {
            VacuumDisabledByPlugin &= !request.ByPlugin;
            return new EnableVacuumResponse();
        });
        Map<GetMasterConfigurationRequest, GetMasterConfigurationResponse>("GetMasterConfiguration", _ => new GetMasterConfigurationResponse
        {
            Leader = Leader,
            MaintenanceScripts = Scripts,
            MaintenanceSleepMinutes = SleepMinutes,
        });
        await _app.StartAsync();
    }

    /// <summary>Connections break; whoever dials is turned away.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            foreach (var name in _gates.Keys.ToList())
            {
                LetGo(name);
            }

            await app.DisposeAsync().AsTask().InTimeAsync("the end of the scripted master");
        }
    }

    public IEnumerable<MasterCall> CallsOf(string name, string lockName = "") => Calls.Where(call => call.Name == name && (lockName.Length == 0 || call.LockName == lockName));

    /// <summary>Waits until that many calls of that kind have come, and returns the last of these.</summary>
    public async Task<MasterCall> CallAsync(string name, string lockName = "", int count = 1)
    {
        await UntilAsync(_ => CallsOf(name, lockName).Skip(count - 1).Any(), $"call {count} of {name} {lockName}");
        return CallsOf(name, lockName).ElementAt(count - 1);
    }

    public async Task UntilAsync(Func<ImmutableList<MasterCall>, bool> condition, string what)
    {
        async Task FollowAsync()
        {
            var (version, calls) = _calls.Current;
            while (!condition(calls))
            {
                (version, calls) = await _calls.NewerAsync(version, CancellationToken.None);
            }
        }

        await FollowAsync().InTimeAsync(what);
    }

    /// <summary>Calls of that name are heard, but carried out and answered only after <see cref="LetGo"/>.</summary>
    public void HoldUp(string name)
    {
        lock (_gate)
        {
            _gates[name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void LetGo(string name)
    {
        lock (_gate)
        {
            _gates.Remove(name, out var gate);
            gate?.SetResult();
        }
    }

    /// <summary>Somebody else takes a lock, for ever or until its lease ends, whoever has it.</summary>
    public void TakeLock(string name, string client, bool renewed = true)
    {
        lock (_gate)
        {
            _locks[name] = new Held(++_lastToken, 0, client, renewed ? DateTimeOffset.MaxValue : _time.GetUtcNow() + LeaseLife);
        }
    }

    public void FreeLock(string name)
    {
        lock (_gate)
        {
            _locks.Remove(name);
        }
    }

    /// <summary>Who has a lock; null: nobody.</summary>
    public string? HolderOf(string name)
    {
        lock (_gate)
        {
            return _locks.TryGetValue(name, out var held) && held.Until > _time.GetUtcNow() ? held.Client : null;
        }
    }

    /// <summary>What its holder must send next.</summary>
    public (long Token, long LockTime) LeaseOf(string name)
    {
        lock (_gate)
        {
            return (_locks[name].Token, _locks[name].LockTime);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static Status NotLeader => new(StatusCode.Unknown, "raft.Server: Not current leader");

    private Func<TRequest, TResponse> OnlyLeader<TRequest, TResponse>(Func<TRequest, TResponse> answer) =>
        request => Leader == Address ? answer(request) : throw new RpcException(NotLeader);

    private void Map<TRequest, TResponse>(string name, Func<TRequest, TResponse> answer)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        _app!.MapGrpcUnary(GrpcMethod.From<TRequest, TResponse>(SeaweedfsMasterReflection.Descriptor.Services[0], name), async (request, call) =>
        {
            Task gate;
            lock (_gate)
            {
                _calls.Publish(Calls.Add(new MasterCall(name, request, _time.GetUtcNow())));
                gate = _gates.TryGetValue(name, out var held) ? held.Task : Task.CompletedTask;
            }

            // Carried out all the same when the caller has given up meanwhile.
            await gate;
            lock (_gate)
            {
                return Failures.TryGetValue(name, out var failure) ? throw new RpcException(failure) : answer(request);
            }
        });

    private LeaseAdminTokenResponse Lease(LeaseAdminTokenRequest request)
    {
        var now = _time.GetUtcNow();
        if (_locks.TryGetValue(request.LockName, out var held) && held.Until > now && (held.Token != request.PreviousToken || held.LockTime != request.PreviousLockTime))
        {
            throw new RpcException(new Status(StatusCode.Unknown, $"already locked by {held.Client}: "));
        }

        var token = ++_lastToken;
        var lease = new Held(token, (now.ToUnixTimeMilliseconds() * 1_000_000) + token, request.ClientName, now + LeaseLife);
        _locks[request.LockName] = lease;
        return new LeaseAdminTokenResponse { Token = lease.Token, LockTsNs = lease.LockTime };
    }

    private ReleaseAdminTokenResponse Release(ReleaseAdminTokenRequest request)
    {
        if (_locks.TryGetValue(request.LockName, out var held) && held.Token == request.PreviousToken && held.LockTime == request.PreviousLockTime)
        {
            _locks.Remove(request.LockName);
        }

        return new ReleaseAdminTokenResponse();
    }

    private ListClusterNodesResponse List(ListClusterNodesRequest request) => new()
    {
        ClusterNodes = { (request.ClientType == "filer" ? Filers : Gateways).Select(address => new ListClusterNodesResponse.Types.ClusterNode { Address = address }) },
    };
}
