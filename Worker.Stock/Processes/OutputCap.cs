namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>How much output of an attempt may be passed on, both streams together.</summary>
public sealed class OutputCap(long most)
{
    private readonly Lock _gate = new();
    private long _passed;
    private bool _said;

    /// <summary>Bytes that came beyond the cap.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many of these bytes may be passed on; the one call that reaches the cap says so.</summary>
    public int Take(int count, out bool reached)
    {
        lock (_gate)
        {
            var room = (int)Math.Min(most - _passed, count);
            reached = room < count && !_said;
            _said |= reached;
            _passed += room;
            Dropped += count - room;
            return room;
        }
    }
}
