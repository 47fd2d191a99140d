using System.Reflection;
using BlazorPluginAdmin.Conformance.Admin;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>How a case ended.</summary>
internal enum Verdict
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>A case and what came of it.</summary>
internal sealed record CaseResult(CaseAttribute Case, string Personality, Verdict Verdict, double Seconds, string Expected, string Seen, IReadOnlyList<string> Trace, string Sdk, string Worker)
{
    /// <summary>For people: what the worker calls itself, or how it was begun when it never said.</summary>
    public string Name => Sdk.Length > 0 ? Sdk : Worker;
}

/// <summary>Finds the cases and runs them: long ones beside everything, the rest by jobs, then the heavy ones, the delicate ones alone.</summary>
internal static class Runner
{
    public static IReadOnlyList<(CaseAttribute Case, Func<CaseRun, Task> Body)> Cases { get; } =
    [
        .. from type in typeof(Runner).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           let found = method.GetCustomAttribute<CaseAttribute>()
           where found is not null
           orderby found.Id[0], int.Parse(new string([.. found.Id.Skip(1).TakeWhile(char.IsAsciiDigit)]), System.Globalization.CultureInfo.InvariantCulture), found.Id
           select (found, method.CreateDelegate<Func<CaseRun, Task>>()),
    ];

    public static async Task<IReadOnlyList<CaseResult>> RunAsync(KitOptions options, Action<CaseResult> done)
    {
        var chosen = Cases.Where(entry => options.Wants(entry.Case)).SelectMany(entry => options.Workers.Select(worker => (entry.Case, entry.Body, Worker: worker))).ToList();
        var results = new CaseResult[chosen.Count];
        using var telling = new SemaphoreSlim(1);

        async Task RunAsync(int index)
        {
            results[index] = await RunOneAsync(options, chosen[index].Worker, chosen[index].Case, chosen[index].Body);
            await telling.WaitAsync();
            done(results[index]);
            telling.Release();
        }

        async Task RunAllAsync(Pace pace, int atOnce)
        {
            using var turns = new SemaphoreSlim(atOnce);
            async Task RunInTurnAsync(int index)
            {
                await turns.WaitAsync();
                await RunAsync(index);
                turns.Release();
            }

            await Task.WhenAll(Enumerable.Range(0, chosen.Count).Where(index => chosen[index].Case.Pace == pace).Select(RunInTurnAsync));
        }

        var longs = RunAllAsync(Pace.Long, int.MaxValue);
        await RunAllAsync(Pace.Beside, options.Jobs);
        await RunAllAsync(Pace.Heavy, Math.Min(options.Jobs, options.Workers.Count));
        await RunAllAsync(Pace.Alone, 1);
        await longs;
        return results;
    }

    private static async Task<CaseResult> RunOneAsync(KitOptions options, string worker, CaseAttribute what, Func<CaseRun, Task> body)
    {
        var personality = what.Id[0] == 'F' ? Personality.Weed : Personality.Ours;
        var run = new CaseRun(options, worker, personality, options.FaultOf(what));
        var from = TimeProvider.System.GetTimestamp();
        var (verdict, expected, seen) = (Verdict.Passed, "", "");
        try
        {
            // The body has limits of its own for each step; this one ends what hangs. How long worker processes take to start is the machine's affair.
            var limit = TimeSpan.FromSeconds((what.Limit * options.Patience) + 30);
            var running = body(run);
            for (var left = limit; left > TimeSpan.Zero && !running.IsCompleted; left = limit + run.StartUp - TimeProvider.System.GetElapsedTime(from))
            {
                await Task.WhenAny(running, Task.Delay(left, TimeProvider.System));
            }

            await running.WaitAsync(TimeSpan.Zero, TimeProvider.System);
            await run.CheckAlwaysAsync();
        }
        catch (CaseFailure failure)
        {
            (verdict, expected, seen) = (Verdict.Failed, failure.Expected, failure.Seen);
        }
        catch (CaseSkipped skipped)
        {
            (verdict, seen) = (Verdict.Skipped, skipped.Message);
        }
        catch (TimeoutException)
        {
            (verdict, expected, seen) = (Verdict.Failed, FormattableString.Invariant($"the case to end within {what.Limit} s"), "it hangs");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            (verdict, expected, seen) = (Verdict.Failed, "the kit to run the case", exception.ToString());
        }

        var seconds = TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        IReadOnlyList<string> trace = verdict == Verdict.Failed ? [.. run.Trace(options.TraceLines)] : [];
        await run.DisposeAsync();
        return new CaseResult(what, personality.Name, verdict, seconds, expected, seen, trace, run.Sdk, worker);
    }
}
