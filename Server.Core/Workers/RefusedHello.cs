using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Sessions;

namespace BlazorPluginAdmin.Server.Core.Workers;

/// <summary>Somebody dialled and was sent away.</summary>
/// <param name="Worker">The id it gave; empty when it came to none.</param>
/// <param name="Why">In words that say what to do.</param>
public sealed record RefusedHello(DateTimeOffset At, string Worker, string Address, string Why)
{
    /// <summary>How many are remembered; the same one again counts up instead.</summary>
    public const int Kept = 20;

    /// <summary>Times in a row.</summary>
    public int Times { get; init; } = 1;

    public static void Note(Turn turn, string worker, string address, string why)
    {
        var known = turn.State.RefusedHellos;
        var same = known.FirstOrDefault(hello => hello.Worker == worker && hello.Why == why && HostOf(hello.Address) == HostOf(address));
        var noted = new RefusedHello(turn.Now.Wall, worker, address, why) { Times = (same?.Times ?? 0) + 1 };
        turn.Put([noted, .. known.Where(hello => hello != same).Take(Kept - 1)]);
    }

    /// <summary>Each try comes from another port.</summary>
    private static string HostOf(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;
}
