using System.Collections.Immutable;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Clusters;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// The addresses of a SeaweedFS cluster in the forms its workers dial: of the masters the leader only, by its HTTP port (some
/// handlers add 10000 themselves), filers and S3 gateways as the master has them. Nobody reads those of volume servers.
/// One look at a time.
/// </summary>
public sealed class SeaweedFSClusterContextSource(MasterClient masters, SeaweedFSOptions options, TimeProvider time) : IClusterContextSource
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    private static readonly ClusterContext Unseen = ClusterContext.Empty with { Metadata = ClusterContext.Empty.Metadata.Add("source", "admin") };

    private ClusterReport _last = new(Unseen, "", time.GetUtcNow());

    public async Task<ClusterReport> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Asked anew each time: nobody tells that another master leads now.
            var leader = await masters.FindLeaderAsync(CallTimeout, cancellationToken);
            var filers = await ListedAsync("filer", options.FilerGroup, cancellationToken);
            var gateways = await ListedAsync("s3", "", cancellationToken);
            var context = Unseen with
            {
                MasterGrpcAddresses = [$"{leader}"],
                FilerAddresses = filers ?? _last.Context.FilerAddresses,
                S3GrpcAddresses = gateways ?? [],
            };
            _last = new ClusterReport(context, "", time.GetUtcNow());
        }
        catch (RpcException exception)
        {
            _last = _last with { Problem = exception.Status.Detail };
        }

        return _last;
    }

    /// <summary>Null when it cannot be listed, which is no reason to do without the rest.</summary>
    private async Task<ImmutableArray<string>?> ListedAsync(string type, string group, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await masters.ListAsync(type, group, CallTimeout, cancellationToken)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
