using System.Net;
using System.Net.Sockets;

namespace BlazorPluginAdmin.Tests.Shared;

/// <summary>
/// Ports that stay a server's own while it is killed and started again. They lie below the range from which the system takes
/// the near ends of connections: there, a client that dials a dead server may be given that server's port.
/// </summary>
public static class Ports
{
    private static int _last = 20_000 + (Environment.ProcessId % 500 * 20);

    public static int Next()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _last);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one, then.
            }
        }
    }
}
