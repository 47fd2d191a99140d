using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Live;

/// <summary>A screen reader hears what is new, and can still be listened to.</summary>
public sealed class AnnouncerTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Announcer _announcer;
    private readonly List<string> _heard = [];

    public AnnouncerTests()
    {
        _announcer = new Announcer(_time);
        _announcer.Changed += () => _heard.Add(_announcer.Said);
    }

    public void Dispose() => _announcer.Dispose();

    [Fact]
    public async Task SaidOften_IsHeardAtOnce_ThenTheNewestEveryTenSeconds()
    {
        _announcer.Say("1 job");
        for (var n = 2; n <= 9; n++)
        {
            _announcer.Say($"{n} jobs");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["1 job"], _heard);
        var said = new TaskCompletionSource();
        _announcer.Changed += said.SetResult;
        _time.Advance(TimeSpan.FromSeconds(2));
        await said.Task;
        Assert.Equal(["1 job", "9 jobs"], _heard);
    }

    [Fact]
    public void TheSame_IsNotSaidAgain()
    {
        _announcer.Say("1 job");
        _time.Advance(Announcer.Pace);
        _announcer.Say("1 job");
        _announcer.Say("2 jobs");
        Assert.Equal(["1 job", "2 jobs"], _heard);
    }
}
