using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Clusters;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>A caller's cluster context; where it came from is ours to say.</summary>
public static class ClusterMapper
{
    public static ClusterContext ToCore(Wire.ClusterContext wire) => new()
    {
        MasterGrpcAddresses = [.. wire.MasterGrpcAddresses],
        FilerAddresses = [.. wire.FilerAddresses],
        VolumeGrpcAddresses = [.. wire.VolumeGrpcAddresses],
        S3GrpcAddresses = [.. wire.S3GrpcAddresses],
        Metadata = wire.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal).SetItem("source", "admin"),
    };
}
