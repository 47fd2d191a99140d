using System.Globalization;
using BlazorPluginAdmin.WorkerSdk;

namespace BlazorPluginAdmin.WorkerStock.Processes;

/// <summary>How much output of an attempt may be passed on, both streams together.</summary>
public sealed class OutputCap(long most)
{
    private readonly Lock _gate = new();
    private readonly long[] _dropped = new long[2];
    private long _passed;
    private bool _said;

    /// <summary>How many of these bytes may be passed on; the one call that reaches the cap says so.</summary>
    public int Take(OutputStream stream, int count, out bool reached)
    {
        lock (_gate)
        {
            var room = (int)Math.Min(most - _passed, count);
            reached = room < count && !_said;
            _said |= reached;
            _passed += room;
            _dropped[stream == OutputStream.Stderr ? 1 : 0] += count - room;
            return room;
        }
    }

    /// <summary>Says how much came beyond the cap, if anything did; when all of the output has come.</summary>
    public void Report(JobContext context)
    {
        if (_dropped.Sum() is > 0 and var all)
        {
            context.LeftOut(OutputStream.Stdout, _dropped[0]);
            context.LeftOut(OutputStream.Stderr, _dropped[1]);
            context.Activity($"{all.ToString("N0", CultureInfo.InvariantCulture)} bytes of output beyond the limit were not kept");
        }
    }
}
