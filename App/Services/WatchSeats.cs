using System.Collections.Concurrent;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.App.Services;

/// <summary>How many streams one caller may keep open; what only reads to its end is not counted.</summary>
public sealed class WatchSeats
{
    public const int PerCaller = 64;

    private readonly ConcurrentDictionary<string, int> _taken = new(StringComparer.Ordinal);

    /// <summary>A place to watch from, given back when disposed.</summary>
    /// <exception cref="RpcException">There is none left.</exception>
    public IDisposable Take(string caller)
    {
        if (_taken.AddOrUpdate(caller, 1, (_, count) => count + 1) > PerCaller)
        {
            Give(caller);
            throw ClientErrors.From(new Refusal(RefusalCode.Exhausted, $"{caller} has {PerCaller} streams open, which is the most; end one first"));
        }

        return new Seat(this, caller);
    }

    private void Give(string caller)
    {
        if (_taken.AddOrUpdate(caller, 0, (_, count) => count - 1) == 0)
        {
            _taken.TryRemove(KeyValuePair.Create(caller, 0));
        }
    }

    private sealed class Seat(WatchSeats seats, string caller) : IDisposable
    {
        public void Dispose() => seats.Give(caller);
    }
}
