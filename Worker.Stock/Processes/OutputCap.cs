using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>How much output of an attempt may be passed on, both streams together.</summary>
public sealed class OutputCap(long most)
{
    private readonly Lock _gate = new();
    private long _passed;
    private long _dropped;
    private bool _said;

    /// <summary>How many of these bytes may be passed on; the one call that reaches the cap says so.</summary>
    public int Take(int count, out bool reached)
    {
        lock (_gate)
        {
            var room = (int)Math.Min(most - _passed, count);
            reached = room < count && !_said;
            _said |= reached;
            _passed += room;
            _dropped += count - room;
            return room;
        }
    }

    /// <summary>Says how much came beyond the cap, if anything did; when all of the output has come.</summary>
    public void Report(JobContext context)
    {
        if (_dropped > 0)
        {
            context.Activity($"{_dropped.ToString("N0", CultureInfo.InvariantCulture)} bytes of output beyond the limit were not kept");
        }
    }
}
