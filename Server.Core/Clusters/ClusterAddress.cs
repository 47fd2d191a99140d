using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Server.Core.Clusters;

/// <summary>An address as workers take it: <c>host:port</c>, or <c>host:port.grpcPort</c> when the second is not the first + 10000.</summary>
public static class ClusterAddress
{
    private const int Most = 100;

    public static ImmutableArray<FieldError> Check(ClusterContext context) =>
    [
        .. Check("master_grpc_addresses", context.MasterGrpcAddresses),
        .. Check("filer_addresses", context.FilerAddresses),
        .. Check("volume_grpc_addresses", context.VolumeGrpcAddresses),
        .. Check("s3_grpc_addresses", context.S3GrpcAddresses),
        .. context.Metadata.Where(pair => pair.Value is null).Select(pair => new FieldError("", "metadata", FieldErrorCodes.Custom, $"'{pair.Key}' has no value")),
    ];

    public static bool IsValid(string address)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 1 || address.Length > 300 || address.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)))
        {
            return false;
        }

        var ports = address[(colon + 1)..].Split('.');
        return ports.Length is 1 or 2 && ports.All(port => int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535);
    }

    private static IEnumerable<FieldError> Check(string list, ImmutableArray<string> addresses) =>
        addresses.Length > Most
            ? [new FieldError("", list, FieldErrorCodes.MaxItems, $"at most {Most} addresses")]
            : addresses.Where(address => !IsValid(address)).Select(address => new FieldError("", list, FieldErrorCodes.Custom, $"'{address}' is not host:port or host:port.grpcPort"));
}
