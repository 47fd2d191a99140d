using BlazorPluginAdmin.Server.Core.Engine;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// What a circuit follows: each feed once, for all its components together, four times a second on average (<see cref="Beats"/>), and never faster
/// than its browser draws. Circuit's thread only.
/// </summary>
public sealed class CircuitFeeds(TimeProvider time, RenderBatch batch, Attention attention)
{
    private readonly Dictionary<object, object> _followers = [];

    /// <summary>From the admin's commit to the picture in this browser, smoothed; null before the first.</summary>
    public TimeSpan? Latency { get; private set; }

    internal Follower<T> Of<T>(Feed<T> feed)
    {
        if (!_followers.TryGetValue(feed, out var known))
        {
            _followers[feed] = known = new Follower<T>(feed, time, batch, attention, Observe);
        }

        return (Follower<T>)known;
    }

    private void Observe(TimeSpan taken) => Latency = Latency is { } before ? before + ((taken - before) / 5) : taken;
}
