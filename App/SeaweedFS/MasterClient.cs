using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Security;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Wire.SeaweedFS;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>What a master gave for a lock. Both values go back with the next renewal or the release.</summary>
public readonly record struct Lease(long Token, long LockTime);

/// <summary>
/// Calls the leader of a cluster's masters. Every call ends within its timeout, the search for the leader included. A call
/// that meets a master which no longer leads is repeated at the new leader. One that nobody answers fails, since it may
/// have been carried out; the next one looks for the leader anew. Any number of callers.
/// </summary>
public sealed class MasterClient : IDisposable
{
    private static readonly GrpcMethod<LeaseAdminTokenRequest, LeaseAdminTokenResponse> LeaseMethod = Method<LeaseAdminTokenRequest, LeaseAdminTokenResponse>("LeaseAdminToken");
    private static readonly GrpcMethod<ReleaseAdminTokenRequest, ReleaseAdminTokenResponse> ReleaseMethod = Method<ReleaseAdminTokenRequest, ReleaseAdminTokenResponse>("ReleaseAdminToken");
    private static readonly GrpcMethod<ListClusterNodesRequest, ListClusterNodesResponse> ListMethod = Method<ListClusterNodesRequest, ListClusterNodesResponse>("ListClusterNodes");
    private static readonly GrpcMethod<DisableVacuumRequest, DisableVacuumResponse> DisableMethod = Method<DisableVacuumRequest, DisableVacuumResponse>("DisableVacuum");
    private static readonly GrpcMethod<EnableVacuumRequest, EnableVacuumResponse> EnableMethod = Method<EnableVacuumRequest, EnableVacuumResponse>("EnableVacuum");
    private static readonly GrpcMethod<GetMasterConfigurationRequest, GetMasterConfigurationResponse> ConfigurationMethod = Method<GetMasterConfigurationRequest, GetMasterConfigurationResponse>("GetMasterConfiguration");

    private const string LockedBy = "already locked by ";

    private readonly ImmutableArray<ServerAddress> _masters;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ServerAddress, Lazy<GrpcChannel>> _channels = [];
    private volatile ServerAddress? _leader;

    /// <param name="masters">At least one.</param>
    /// <param name="tls">Null: plain text.</param>
    /// <param name="time">Where timeouts come from.</param>
    public MasterClient(ImmutableArray<ServerAddress> masters, SslClientAuthenticationOptions? tls, TimeProvider time)
    {
        _masters = masters;
        _tls = tls;
        _time = time;
    }

    /// <summary>The leader as last known; null when the next call has to look for it.</summary>
    public ServerAddress? Leader => _leader;

    /// <summary>Who holds a lock that a lease was refused for; null when it failed for another reason.</summary>
    public static string? HolderOf(RpcException refusal)
    {
        // "already locked by <client>: <message>"; masters of that version keep no message, and the client may hold a colon.
        var text = refusal.Status.Detail;
        var start = text.IndexOf(LockedBy, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var holder = text[(start + LockedBy.Length)..];
        var end = holder.IndexOf(": ", StringComparison.Ordinal);
        return (end < 0 ? holder.TrimEnd(':') : holder[..end]).Trim();
    }

    /// <summary>Why a call failed, for people.</summary>
    public static string ReasonOf(RpcException failure) =>
        HolderOf(failure) is { } holder ? $"held by {holder}" : failure.Status.Detail.Length > 0 ? failure.Status.Detail : $"{failure.StatusCode}";

    /// <summary>Asks all masters at once who leads.</summary>
    /// <exception cref="RpcException">None of them answers; the text names each.</exception>
    public Task<ServerAddress> FindLeaderAsync(TimeSpan timeout, CancellationToken cancellationToken) => FindLeaderAsync(_time.GetUtcNow() + timeout, cancellationToken);

    /// <summary>Takes a lock, or renews the lease of one.</summary>
    /// <param name="previous">Of the last answer; default for a lock that is not held.</param>
    /// <exception cref="RpcException">Somebody else has it (see <see cref="HolderOf"/>), or nobody answers.</exception>
    public async Task<Lease> LeaseAsync(string lockName, string client, Lease previous, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new LeaseAdminTokenRequest { LockName = lockName, ClientName = client, PreviousToken = previous.Token, PreviousLockTime = previous.LockTime };
        var response = await CallAsync(LeaseMethod, request, timeout, cancellationToken);
        return new Lease(response.Token, response.LockTsNs);
    }

    /// <exception cref="RpcException">Nobody answers; the lock then lapses by itself.</exception>
    public Task ReleaseAsync(string lockName, Lease lease, TimeSpan timeout, CancellationToken cancellationToken) =>
        CallAsync(ReleaseMethod, new ReleaseAdminTokenRequest { LockName = lockName, PreviousToken = lease.Token, PreviousLockTime = lease.LockTime }, timeout, cancellationToken);

    /// <summary>The addresses of one kind of server (<c>filer</c>, <c>s3</c>), as they are.</summary>
    /// <exception cref="RpcException">Nobody answers.</exception>
    public async Task<IReadOnlyList<string>> ListAsync(string clientType, string filerGroup, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var response = await CallAsync(ListMethod, new ListClusterNodesRequest { ClientType = clientType, FilerGroup = filerGroup }, timeout, cancellationToken);
        return [.. response.ClusterNodes.Select(found => found.Address)];
    }

    /// <summary>Switches the masters' own vacuuming, apart from what an operator has switched by hand.</summary>
    /// <exception cref="RpcException">Nobody answers.</exception>
    public Task SwitchVacuumAsync(bool on, TimeSpan timeout, CancellationToken cancellationToken) => on
        ? CallAsync(EnableMethod, new EnableVacuumRequest { ByPlugin = true }, timeout, cancellationToken)
        : CallAsync(DisableMethod, new DisableVacuumRequest { ByPlugin = true }, timeout, cancellationToken);

    /// <summary>The scripts that the leader runs while no admin is present, and the pause between two runs.</summary>
    /// <exception cref="RpcException">Nobody answers.</exception>
    public async Task<(string Scripts, long SleepMinutes)> MaintenanceAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var response = await CallAsync(ConfigurationMethod, new GetMasterConfigurationRequest(), timeout, cancellationToken);
        return (response.MaintenanceScripts, response.MaintenanceSleepMinutes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Value.Dispose();
        }
    }

    private static GrpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> => GrpcMethod.From<TRequest, TResponse>(SeaweedfsMasterReflection.Descriptor.Services[0], name);

    private async Task<TResponse> CallAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var deadline = _time.GetUtcNow() + timeout;
        try
        {
            return await CallAtAsync(_leader ?? await FindLeaderAsync(deadline, cancellationToken), method, request, deadline, cancellationToken);
        }
        catch (RpcException exception) when (IsNotLeader(exception))
        {
            return await CallAtAsync(await FindLeaderAsync(deadline, cancellationToken), method, request, deadline, cancellationToken);
        }
    }

    private async Task<TResponse> CallAtAsync<TRequest, TResponse>(ServerAddress master, GrpcMethod<TRequest, TResponse> method, TRequest request, DateTimeOffset deadline, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        try
        {
            return await Channel(master).UnaryAsync(method, request, new CallOptions(null, deadline, cancellationToken));
        }
        catch (RpcException exception) when (HolderOf(exception) is null && !cancellationToken.IsCancellationRequested)
        {
            // Dead, cut off, or no longer leading: whoever leads now is looked for, at worst the same one.
            _leader = null;
            if (IsNotLeader(exception))
            {
                throw;
            }

            throw new RpcException(new Status(exception.StatusCode, $"SeaweedFS master {master}: {ReasonOf(exception)}"), exception.Trailers, exception);
        }
    }

    private async Task<ServerAddress> FindLeaderAsync(DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var asked = _masters.Select(async master =>
        {
            try
            {
                var answer = await Channel(master).UnaryAsync(ConfigurationMethod, new GetMasterConfigurationRequest(), new CallOptions(null, deadline, cancellationToken));
                return (Master: master, Leader: ServerAddress.TryParse(answer.Leader, out var leader) ? leader : null, Problem: "");
            }
            catch (RpcException exception)
            {
                return (Master: master, Leader: null, Problem: $"{master}: {ReasonOf(exception)}");
            }
        }).ToList();

        // The leader's own word ends the search. Without it, whom another one names: the leader may have a name that nobody
        // configured. Without that, whoever answers.
        ServerAddress? named = null;
        ServerAddress? answering = null;
        await foreach (var answered in Task.WhenEach(asked))
        {
            var (master, leader, problem) = await answered;
            if (leader == master)
            {
                return _leader = master;
            }

            named ??= leader;
            answering ??= problem.Length == 0 ? master : null;
        }

        if ((named ?? answering) is not { } found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var problems = (await Task.WhenAll(asked)).Select(answer => answer.Problem);
            throw new RpcException(new Status(
                StatusCode.Unavailable, $"no SeaweedFS master answers ({string.Join("; ", problems)}). Start one, or name the right ones with --seaweedfs-master; they are asked again all the time"));
        }

        return _leader = found;
    }

    private GrpcChannel Channel(ServerAddress master) => _channels.GetOrAdd(master, address => new Lazy<GrpcChannel>(() => GrpcChannel.ForAddress(
        $"{(_tls is null ? "http" : "https")}://{address.Host}:{address.Grpc}", new GrpcChannelOptions { TimeProvider = _time, Tls = _tls }))).Value;

    /// <summary>"raft.Server: Not current leader" and the like: there is no status code for it.</summary>
    private static bool IsNotLeader(RpcException exception) =>
        HolderOf(exception) is null && exception.StatusCode is StatusCode.Unknown or StatusCode.FailedPrecondition && exception.Status.Detail.Contains("leader", StringComparison.OrdinalIgnoreCase);
}
