using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Tests.Shared;

namespace BlazorPluginAdmin.Components.Tests.Live;

public sealed class BeatsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void SteadyLoad_IsDrawnFourTimesASecond()
    {
        var beats = new Beats(_time);
        var pictures = 0;
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(1); pictures++)
        {
            var rest = beats.Next();
            passed += rest;
            _time.Advance(rest);
        }

        Assert.InRange(pictures, 240, 242);
        Assert.Equal(Beats.Usual, beats.Next());
    }

    [Fact]
    public void PageThatStoodStill_HasTwoInHand_AndNoMore()
    {
        var beats = new Beats(_time);
        for (var chain = 0; chain < 2; chain++)
        {
            Assert.Equal([Beats.Shortest, Beats.Shortest, 3 * Beats.Shortest, Beats.Usual], Enumerable.Range(0, 4).Select(_ =>
            {
                var rest = beats.Next();
                _time.Advance(rest);
                return rest;
            }));
            _time.Advance(TimeSpan.FromHours(1));
        }
    }
}
