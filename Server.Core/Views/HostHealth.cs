using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>What the process knows of its machine and of its own end. Not part of the engine's state: nothing follows from it but words.</summary>
public sealed record HostHealth
{
    public static readonly HostHealth Good = new();

    /// <summary>Null: there is room, or nothing is kept on disk.</summary>
    public LowDisk? LowDisk { get; init; }

    /// <summary>Since when the process is ending; null: it is not.</summary>
    public DateTimeOffset? StoppingSince { get; init; }
}

/// <summary>The volume of the data directory is nearly full.</summary>
/// <param name="FreeBytes">What this user may still write.</param>
public sealed record LowDisk(long FreeBytes, long TotalBytes, DateTimeOffset Since);

/// <summary>Where the host says how it is; the read model takes it over at once. Any thread.</summary>
public sealed class HostBoard
{
    private int _readers;

    public Feed<HostHealth> Feed { get; } = new(HostHealth.Good);

    /// <summary>Browsers that show it just now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    public void Join() => Interlocked.Increment(ref _readers);

    public void Leave() => Interlocked.Decrement(ref _readers);
}
