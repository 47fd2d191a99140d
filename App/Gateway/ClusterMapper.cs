using System.Collections.Immutable;
using System.Text.Json.Nodes;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Server.Core.Clusters;
using Google.Protobuf;

namespace BlazorPluginAdmin.App.Gateway;

/// <summary>A caller's cluster context.</summary>
public static class ClusterMapper
{
    /// <summary>False when it is JSON of another shape; nothing given is null.</summary>
    public static bool TryRead(JsonNode? given, out ClusterContext? cluster, out string error)
    {
        (cluster, error) = (null, "");
        try
        {
            cluster = given is null ? null : ToCore(WireJson.Parse<Wire.ClusterContext>(given.ToJsonString()));
            return true;
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException)
        {
            error = $"cluster_context cannot be read: {exception.Message}";
            return false;
        }
    }

    public static ClusterContext ToCore(Wire.ClusterContext wire) => new()
    {
        MasterGrpcAddresses = [.. wire.MasterGrpcAddresses],
        FilerAddresses = [.. wire.FilerAddresses],
        VolumeGrpcAddresses = [.. wire.VolumeGrpcAddresses],
        S3GrpcAddresses = [.. wire.S3GrpcAddresses],
        Metadata = wire.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal),
    };
}
