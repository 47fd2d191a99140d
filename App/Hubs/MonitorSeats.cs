using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace BlazorPluginAdmin.App.Hubs;

/// <summary>How many may watch: <see cref="All"/> in all, <see cref="PerConnection"/> over one connection.</summary>
public sealed class MonitorSeats
{
    public const int All = 500;

    public const int PerConnection = 5;

    private readonly ConcurrentDictionary<string, int> _taken = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>A place to watch from, given back when disposed.</summary>
    /// <exception cref="HubException">There is none left.</exception>
    public IDisposable Take(string connection)
    {
        if (Interlocked.Increment(ref _all) > All)
        {
            Interlocked.Decrement(ref _all);
            throw new HubException($"{All} watches are open, which is the most; try again later");
        }

        if (_taken.AddOrUpdate(connection, 1, (_, count) => count + 1) > PerConnection)
        {
            Give(connection);
            throw new HubException($"this connection has {PerConnection} watches open, which is the most; stop one first");
        }

        return new Seat(this, connection);
    }

    private void Give(string connection)
    {
        Interlocked.Decrement(ref _all);
        if (_taken.AddOrUpdate(connection, 0, (_, count) => count - 1) == 0)
        {
            _taken.TryRemove(KeyValuePair.Create(connection, 0));
        }
    }

    private sealed class Seat(MonitorSeats seats, string connection) : IDisposable
    {
        public void Dispose() => seats.Give(connection);
    }
}
