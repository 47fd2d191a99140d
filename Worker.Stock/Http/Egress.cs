using System.Net;
using System.Net.Sockets;
using BlazorPluginAdmin.WorkerSdk;
using BlazorPluginAdmin.WorkerStock.Processes;

namespace BlazorPluginAdmin.WorkerStock.Http;

/// <summary>The addresses of a host name; asked once for each connection.</summary>
public delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>A call that may not be made, or not be followed any further; trying again will not help.</summary>
public sealed class CallRefusedException(string message) : Exception(message);

/// <summary>
/// Where calls may go, read from the saved configuration alone. What is checked is what is connected to: a name is resolved
/// once and the connection goes to that very address, so that it cannot mean another one in between.
/// </summary>
public sealed class Egress(IReadOnlyList<IPNetwork> denied, IReadOnlyList<string> allowedHosts, HostResolver resolve)
{
    // Addresses of IPv4 hosts as networks without IPv4 write them.
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");

    /// <exception cref="FormatException">A network cannot be read; nothing is called then, as it might be meant to deny.</exception>
    public static Egress Read(ConfigReader saved, HostResolver resolve) => new([.. saved.Texts("deny_networks").Select(IPNetwork.Parse)], saved.Texts("allowed_hosts"), resolve);

    /// <exception cref="CallRefusedException">The host is not among the allowed ones.</exception>
    public void Check(Uri uri)
    {
        if (allowedHosts.Count > 0 && !allowedHosts.Any(pattern => Wildcard.IsMatch(pattern.ToLowerInvariant(), uri.IdnHost.ToLowerInvariant())))
        {
            throw new CallRefusedException($"{uri.IdnHost} is not among the allowed hosts");
        }
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host.Trim('[', ']'), out var literal) ? [literal] : await resolve(target.Host, cancellationToken);
        if (addresses.FirstOrDefault(IsDenied) is { } wrong)
        {
            throw new CallRefusedException($"{target.Host} is {(wrong.Equals(literal) ? "" : $"{wrong}, which is ")}in a denied network; it was not connected to");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public bool IsDenied(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : address.AddressFamily == AddressFamily.InterNetworkV6 && Translated.Contains(address) ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
        return denied.Any(network => network.Contains(plain) || network.Contains(address));
    }
}
