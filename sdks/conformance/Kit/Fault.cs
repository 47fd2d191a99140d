using System.Text.Json.Nodes;
using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>What a broken SDK would have said or done, put between the worker and the kit. The kit must notice it.</summary>
/// <param name="Names">Words of what the kit says it expected instead.</param>
internal sealed record Fault(string Names)
{
    /// <summary>Everything is heard as it is.</summary>
    public static Fault None { get; } = new("");

    /// <summary>What the admin hears instead of a message.</summary>
    public Func<WorkerToAdminMessage, IEnumerable<WorkerToAdminMessage>> Hear { get; init; } = said => [said];

    /// <summary>What the kit hears instead of an event of the worker program.</summary>
    public Func<WorkerEvent, IEnumerable<WorkerEvent>> Happens { get; init; } = said => [said];

    /// <summary>Changes the answer to a command.</summary>
    public Action<Answer> Answers { get; init; } = _ => { };

    /// <summary>Changes the options a worker is given.</summary>
    public Action<JsonObject> IsSet { get; init; } = _ => { };

    /// <summary>How often a relay hears each ping of an idle worker's transport.</summary>
    public int Pings { get; init; } = 1;

    /// <summary>Changes what the system says of the worker's process when it is measured for the n-th time, from 1.</summary>
    public Func<int, Footprint, Footprint> Measures { get; init; } = (_, measured) => measured;
}

/// <summary>What a process holds.</summary>
/// <param name="Resident">KiB of memory.</param>
internal readonly record struct Footprint(int Threads, int Sockets, long Resident);
