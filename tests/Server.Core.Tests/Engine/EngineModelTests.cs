using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Tests.Shared;
using FsCheck;
using FsCheck.Fluent;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

/// <summary>
/// Random histories: terminal is final, attempts are bounded, a job has at most one live lease, counters equal a recount,
/// the store gives back what the engine knows, and in the end everything ends. A failure prints the seed and the shortest
/// history that still fails.
/// </summary>
public class EngineModelTests
{
    private static readonly Gen<ModelStep> Step =
        from kind in Gen.Choose(0, EngineModel.Kinds - 1)
        from a in Gen.Choose(0, 999)
        from b in Gen.Choose(0, 999)
        select new ModelStep(kind, a, b);

    [Fact]
    public void AnyHistory_InMemory_KeepsTheGuarantee() => Run(200, 120, steps =>
    {
        var inner = new InMemoryAdminStore();
        Play(steps, new FaultyStore(() => inner), inner.Load);
    });

    [Fact]
    public void AnyHistory_OnDisk_KeepsTheGuarantee() => Run(3, 100, steps =>
    {
        var folder = Directory.CreateTempSubdirectory("model-").FullName;
        try
        {
            var file = Path.Combine(folder, "admin.db");
            Play(steps, new FaultyStore(() => new SqliteAdminStore(file)), () =>
            {
                using var twin = new SqliteAdminStore(file);
                return twin.Load();
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    [Fact]
    public void AnyHistory_InALockedLane_KeepsTheGuarantee() => Run(150, 120, steps =>
    {
        var inner = new InMemoryAdminStore();
        Play(steps, new FaultyStore(() => inner), inner.Load, EngineModel.Locked);
    });

    /// <summary>One of those histories: a process that was replaced too often is refused, so its former stream is still the one that counts.</summary>
    [Fact]
    public void NewcomerThatIsRefused_LeavesTheFormerStreamInPlace()
    {
        var inner = new InMemoryAdminStore();
        Play([new(1, 476, 595), new(6, 959, 478), new(5, 771, 359), new(6, 35, 697), new(4, 359, 454), new(33, 739, 12), new(6, 795, 550), new(4, 427, 795), new(17, 855, 160)], new FaultyStore(() => inner), inner.Load, EngineModel.Locked);
    }

    private static void Play(ModelStep[] steps, FaultyStore store, Func<StoredState> stored, AdminOptions? options = null)
    {
        using var model = new EngineModel(store, stored, options);
        foreach (var step in steps)
        {
            model.Apply(step);
        }

        model.Heal();
    }

    private static void Run(int histories, int length, Action<ModelStep[]> play) =>
        Prop.ForAll(Arb.From(Step.ArrayOf(length), Shorter), play).Check(Config.QuickThrowOnFailure.WithMaxTest(histories));

    /// <summary>Without a half, a quarter, … one of the steps.</summary>
    private static IEnumerable<ModelStep[]> Shorter(ModelStep[] steps)
    {
        for (var cut = steps.Length / 2; cut > 0; cut /= 2)
        {
            for (var from = 0; from + cut <= steps.Length; from += cut)
            {
                yield return [.. steps[..from], .. steps[(from + cut)..]];
            }
        }
    }
}
