using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BlazorPluginAdmin.App.SeaweedFS;

/// <summary>
/// A server as SeaweedFS writes it: <c>host:http</c> with its gRPC port at http + 10000, or <c>host:http.grpc</c>. Equal by
/// what it says, not by how it is written.
/// </summary>
public sealed record ServerAddress(string Host, int Http, int Grpc)
{
    private const int GrpcOffset = 10_000;

    public static bool TryParse(string text, [NotNullWhen(true)] out ServerAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || Uri.CheckHostName(text[..colon].Trim('[', ']')) == UriHostNameType.Unknown)
        {
            return false;
        }

        var ports = text[(colon + 1)..].Split('.');
        if (ports.Length > 2 || !IsPort(ports[0], out var http) || !IsPort(ports.Length == 2 ? ports[1] : Text(http + GrpcOffset), out var grpc))
        {
            return false;
        }

        address = new ServerAddress(text[..colon], http, grpc);
        return true;
    }

    /// <summary>The form workers want: with the gRPC port only where it is not the usual one.</summary>
    public override string ToString() => Grpc == Http + GrpcOffset ? $"{Host}:{Text(Http)}" : $"{Host}:{Text(Http)}.{Text(Grpc)}";

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
