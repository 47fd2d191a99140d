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

    /// <summary>This context with the other's lists where it has none, and the other's metadata under its own.</summary>
    public ClusterContext FilledFrom(ClusterContext other) => new()
    {
        MasterGrpcAddresses = Or(MasterGrpcAddresses, other.MasterGrpcAddresses),
        FilerAddresses = Or(FilerAddresses, other.FilerAddresses),
        VolumeGrpcAddresses = Or(VolumeGrpcAddresses, other.VolumeGrpcAddresses),
        S3GrpcAddresses = Or(S3GrpcAddresses, other.S3GrpcAddresses),
        Metadata = other.Metadata.SetItems(Metadata),
    };

    /// <summary>As it is sent: every context says that it comes from the admin.</summary>
    public ClusterContext Stamped() => this with { Metadata = Metadata.SetItem("source", "admin") };

    public bool IsSame(ClusterContext other) =>
        MasterGrpcAddresses.SequenceEqual(other.MasterGrpcAddresses) && FilerAddresses.SequenceEqual(other.FilerAddresses)
        && VolumeGrpcAddresses.SequenceEqual(other.VolumeGrpcAddresses) && S3GrpcAddresses.SequenceEqual(other.S3GrpcAddresses)
        && Metadata.SequenceEqual(other.Metadata);

    private static ImmutableArray<string> Or(ImmutableArray<string> one, ImmutableArray<string> other) => one.IsDefaultOrEmpty ? other : one;
}
