using System.Text.Json.Nodes;
using BlazorPluginAdmin.Conformance.Admin;
using BlazorPluginAdmin.Conformance.Kit;
using BlazorPluginAdmin.Grpc.Transport;

namespace BlazorPluginAdmin.Conformance.Cases;

/// <summary>Group B by chance: eight callers at once, an admin that refuses, ends and drops.</summary>
internal static class RandomCalls
{
    [Case("B8", "starts, stops, waits and runs at random: no deadlock, one close for each start", 80, Pace = Pace.Heavy)]
    public static Task B8(CaseRun run) => AtRandomAsync(run, 60);

    [Case("B8n", "the same for 30 minutes", 1900, Pace = Pace.Heavy, IsNightly = true)]
    public static Task B8Nightly(CaseRun run) => AtRandomAsync(run, 1800);

    private static async Task AtRandomAsync(CaseRun run, double seconds)
    {
        const int clients = 8, enough = 6;
        var admin = await run.AdminAsync(Personality.Ours with { ReconnectSeconds = 1 });
        admin.KeepsStreams = false;
        var random = new Random(4711);
        double Chance()
        {
            lock (random)
            {
                return random.NextDouble();
            }
        }

        admin.OnStream = async stream =>
        {
            var (fate, life) = (Chance(), 0.01 + (Chance() * 0.5));
            if (fate < 0.1)
            {
                stream.End(StatusCode.Unavailable, "at random");
                return;
            }

            await stream.GreetOrLoseAsync();
            await CaseClock.PauseAsync(life);
            if (fate < 0.2)
            {
                stream.Drop();
            }

            stream.End();
        };
        var worker = await run.WorkerAsync(admin.Address);
        var open = new System.Collections.Concurrent.ConcurrentDictionary<int, byte>();
        var starts = new System.Collections.Concurrent.ConcurrentBag<int>();
        var until = run.Clock.Now + TimeSpan.FromSeconds(seconds);
        var commands = 0;

        async Task ClientAsync()
        {
            // On a slow machine nearly every start is stopped before it succeeds: in the end there are only starts, until some did.
            while (run.Clock.Now < until || (worker.Closes().Count < enough && run.Clock.Now < until + run.Clock.Patient(10)))
            {
                var pick = run.Clock.Now < until ? Chance() : 0;
                var what = pick < 0.35 ? "start" : pick < 0.6 ? "stop" : pick < 0.75 ? "wait" : pick < 0.9 ? "run" : "cancel";
                var args = what switch
                {
                    "stop" => new JsonObject { ["drain"] = Chance() < 0.5, ["grace_ms"] = 500 },
                    "cancel" => new JsonObject { ["target"] = open.Keys.FirstOrDefault() },
                    _ => [],
                };
                var (id, reply) = worker.Send(what, args);
                _ = what == "cancel" || open.TryAdd(id, 0);
                var answer = await worker.InTimeAsync(reply, $"{what} among {clients} clients", 20);
                open.TryRemove(id, out _);
                Interlocked.Increment(ref commands);
                Expect.True(answer.IsOk || answer.Error is "AlreadyStarted" or "Canceled" or "Unreachable" or "Rejected", $"{what} to succeed or to fail as it may", answer.Json.ToJsonString());
                if (what == "start" && answer.IsOk)
                {
                    starts.Add(answer.Generation);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => ClientAsync()));
        (await worker.DoAsync("stop", 20)).Ok();
        var last = (await worker.StateAsync()).Generation;
        Expect.Equal("Stopped", (await worker.StateAsync()).Text("state"), "the state at the end");
        if (last > 0)
        {
            await worker.ClosedAsync(last, 5);
        }

        var closes = worker.Closes().Select(close => close.Number("generation")).Order().ToList();
        Expect.True(last >= enough && commands > 50, "sessions and commands enough to mean something", $"{last} sessions, {commands} commands");
        Expect.True(closes.SequenceEqual(Enumerable.Range(1, last)), $"exactly one closed event for each of the {last} sessions", Difference(closes, last));
        Expect.True(starts.Distinct().Count() == starts.Count && starts.All(generation => generation >= 1 && generation <= last), "each successful Start to have a session of its own", string.Join(' ', starts.Order()));
    }

    private static string Difference(IReadOnlyList<int> closes, int last) =>
        $"missing: {string.Join(' ', Enumerable.Range(1, last).Except(closes).Take(20))}; twice: {string.Join(' ', closes.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key).Take(20))}";
}
