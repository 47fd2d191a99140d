using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.Tests.Shared;

public class KeyMapTests
{
    [Fact]
    public void Swap_GivesTheKeyTheOther_AndTheOtherItsPlace()
    {
        var map = KeyMap.Usual.Swap('j', 'n');
        Assert.Equal(("n", "j", "g n"), (map.Pressed("j"), map.Pressed("n"), map.Pressed("g j")));
        Assert.Equal(("n", "p", "j"), (map.Swap('n', 'p').Pressed("j"), map.Swap('n', 'p').Pressed("n"), map.Swap('n', 'p').Pressed("p")));
        Assert.True(map.Swap('j', 'j').IsUsual);
        Assert.Equal("Ctrl+K", map.Pressed("Ctrl+K"));
    }

    [Fact]
    public void HoweverOften_EveryKeyHasOnePlace_AndReadsBackTheSame()
    {
        const string Keys = "jkx/?rcegojwta";
        var random = new Random(7);
        var map = KeyMap.Usual;
        for (var n = 0; n < 500; n++)
        {
            map = map.Swap(Keys[random.Next(Keys.Length)], Keys[random.Next(Keys.Length)]);
            Assert.Equal(Keys.Distinct().Order(), Keys.Distinct().Select(key => map.Pressed($"{key}")[0]).Order());
            Assert.Equal(map, KeyMap.Read(map.ToString()));
        }
    }

    [Theory]
    [InlineData("j")]
    [InlineData("jn")]
    [InlineData("jnnk")]
    [InlineData("j j ")]
    public void WhatIsNoMap_IsTheUsual(string text) => Assert.True(KeyMap.Read(text).IsUsual);
}
