namespace BlazorPluginAdmin.WorkerSdk.Tests;

public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(4, 30)]
    [InlineData(40, 30)]
    public void Pause_Idle_DoublesUpToTheLongest(int failures, double seconds) =>
        Assert.Equal(seconds, new RestartPolicy { Jitter = () => 0.5 }.Delay(failures, TimeSpan.FromSeconds(5)).TotalSeconds, 3);

    /// <summary>Its work finds its way back within the 15 s for which an admin that restarted keeps the leases.</summary>
    [Fact]
    public void Pause_AtWork_StaysShort() =>
        Assert.All(Enumerable.Range(0, 50), failures => Assert.InRange(new RestartPolicy { Jitter = () => 1 }.Delay(failures, TimeSpan.FromSeconds(5), atWork: true).TotalSeconds, 0.1, 4));
}
