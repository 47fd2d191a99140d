using System.Collections.Immutable;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>Addresses of the cluster a job works on, handed to workers as they are.</summary>
public sealed record ClusterContext
{
    public static readonly ClusterContext Empty = new();

    public ImmutableArray<string> MasterGrpcAddresses { get; init; } = [];

    public ImmutableArray<string> FilerAddresses { get; init; } = [];

    public ImmutableArray<string> VolumeGrpcAddresses { get; init; } = [];

    public ImmutableArray<string> S3GrpcAddresses { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
