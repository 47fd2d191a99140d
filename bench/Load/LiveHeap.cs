using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace BlazorPluginAdmin.Bench.Load;

/// <summary>What lives in the managed heap of another process, without its garbage and gaps.</summary>
internal static class LiveHeap
{
    private const ClrTraceEventParser.Keywords Collect = ClrTraceEventParser.Keywords.GCHeapCollect;

    /// <summary>A full, blocking collection there, and the bytes that it found reachable, in all generations.</summary>
    public static async Task<double> MegabytesAsync(int process)
    {
        // A session with this keyword has the runtime collect at once; that the collector reports sizes needs the other.
        var provider = new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Informational, (long)(Collect | ClrTraceEventParser.Keywords.GC));
        using var session = await new DiagnosticsClient(process).StartEventPipeSessionAsync([provider], requestRundown: false, 256, CancellationToken.None);
        using var source = new EventPipeEventSource(session.EventStream);
        var (full, live, stopping) = (false, 0L, Task.CompletedTask);
        source.Clr.GCStart += start => full |= start is { Reason: GCReason.Induced, Depth: 2, Type: GCType.NonConcurrentGC };
        source.Clr.GCHeapStats += stats =>
        {
            if (!full || live > 0)
            {
                return; // Another collection, which took place before or after.
            }

            live = stats.TotalPromoted;
            stopping = session.StopAsync(CancellationToken.None);
        };
        await Task.Run(source.Process);
        await stopping;
        return live > 0 ? live / 1024.0 / 1024.0 : throw new InvalidOperationException("the admin ended before it had collected");
    }
}
