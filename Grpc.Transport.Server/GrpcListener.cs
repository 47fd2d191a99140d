using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlazorPluginAdmin.Grpc.Transport.Server;

/// <summary>Kestrel settings for gRPC.</summary>
public static class GrpcListener
{
    private const int TcpUserTimeout = 18;
    private const int TcpLevel = 6;

    /// <summary>Limits that hold for the whole server: many streams, keep-alive pings, idle streams are normal.</summary>
    public static void ConfigureGrpcTransport(this KestrelServerOptions options)
    {
        options.Limits.Http2.MaxStreamsPerConnection = 1000;
        // Only servers count the pings of their clients; clients answer those of a server however often they come.
        options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
        options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        // Workers keep so much of what they sent to send it again when a connection takes with it what was not read.
        options.Limits.Http2.InitialStreamWindowSize = 512 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        options.Limits.MinResponseDataRate = null;
    }

    /// <summary>HTTP/2 with prior knowledge, and sockets that notice within ten seconds that the other host is gone.</summary>
    public static void UseGrpcTransport(this ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http2;
        listener.UseSocket(socket =>
        {
            KeepAlive(socket, idle: 4, interval: 2);
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            {
                // Unacknowledged data also counts as silence; without this a half-open peer with data in flight lives for minutes.
                socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(10_000));
            }
        });
    }

    /// <summary>
    /// Sockets that notice within half a minute that the other host is gone, while nothing is on its way to it. Data that nobody takes is not
    /// counted as silence: of HTTP/1 a reader may pause as long as he likes.
    /// </summary>
    public static void NoticeLostPeers(this ListenOptions listener) => listener.UseSocket(socket => KeepAlive(socket, idle: 12, interval: 6));

    private static void UseSocket(this ListenOptions listener, Action<Socket> configure) => listener.Use(next => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } socket)
        {
            configure(socket);
        }

        return next(connection);
    });

    private static void KeepAlive(Socket socket, int idle, int interval)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, idle);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, interval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
