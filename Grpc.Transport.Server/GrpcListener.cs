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
        options.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        options.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        options.Limits.Http2.InitialStreamWindowSize = 768 * 1024;
        options.Limits.Http2.InitialConnectionWindowSize = 1024 * 1024;
        options.Limits.MinResponseDataRate = null;
    }

    /// <summary>HTTP/2 with prior knowledge, and sockets that notice within ten seconds that the other host is gone.</summary>
    public static void UseGrpcTransport(this ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http2;
        listener.Use(next => connection =>
        {
            if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } socket)
            {
                KeepAlive(socket);
            }

            return next(connection);
        });
    }

    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 4);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            // Unacknowledged data also counts as silence; without this a half-open peer with data in flight lives for minutes.
            socket.SetRawSocketOption(TcpLevel, TcpUserTimeout, BitConverter.GetBytes(10_000));
        }
    }
}
