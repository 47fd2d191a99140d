using BlazorPluginAdmin.Conformance.Kit;

namespace BlazorPluginAdmin.Conformance.Tests;

/// <summary>
/// Every SDK passes every case but the nightly ones. One run of the kit for all of them: most cases wait, and what waits can wait together.
/// With CONFORMANCE=A,D,G (any groups or cases) only those.
/// </summary>
public sealed class SdkTests(SdkTests.WholeRun whole) : IClassFixture<SdkTests.WholeRun>
{
    private static readonly KitOptions Wanted = KitOptions.Parse(["--worker", "any", "--only", Environment.GetEnvironmentVariable("CONFORMANCE") ?? ""]);

    public static TheoryData<string> Languages { get; } = [.. Kit.Workers.Keys];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Sdk_PassesEveryCase(string language)
    {
        var kit = whole.Kit;
        var cases = kit.Cases.Where(one => one.Worker == Kit.Workers[language]).ToList();
        var bad = cases.Where(one => one.Verdict != "passed");
        Assert.True(!bad.Any(), $"{string.Join(", ", bad.Select(one => one.Id))}\n{kit.Failures}");
        Assert.Equal(Runner.Cases.Where(entry => Wanted.Wants(entry.Case)).Select(entry => entry.Case.Id), cases.Select(one => one.Id));
    }

    /// <summary>One run for all the tests here.</summary>
    public sealed class WholeRun : IAsyncLifetime
    {
        internal Kit Kit { get; private set; } = null!;

        public async Task InitializeAsync() => Kit = await Kit.RunAsync(Kit.Workers.Values, ["--only", string.Join(',', Wanted.Only)]);

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
