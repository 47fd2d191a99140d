namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// How long a circuit rests after a picture: four pictures a second on average, and a page that stood still has two in hand, so
/// that a short chain of changes (submitted, running, ended) is seen as it happens. Circuit's thread only.
/// </summary>
public sealed class Beats(TimeProvider time)
{
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(250);

    /// <summary>Also between pictures that were in hand.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan InHand = 2 * Usual;

    private TimeSpan _ahead;
    private long _last = time.GetTimestamp();

    /// <summary>Told of a picture, says how long to rest until the next.</summary>
    public TimeSpan Next()
    {
        var now = time.GetTimestamp();
        var stillAhead = _ahead - time.GetElapsedTime(_last, now);
        (_last, _ahead) = (now, (stillAhead > TimeSpan.Zero ? stillAhead : TimeSpan.Zero) + Usual);
        return _ahead - InHand > Shortest ? _ahead - InHand : Shortest;
    }
}
