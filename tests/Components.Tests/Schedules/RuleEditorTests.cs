using BlazorPluginAdmin.Components.Schedules;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Schedules;

public sealed class RuleEditorTests : LivePages
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(TimeMode.Utc, "UTC", "2030-01-31 12:00")]
    [InlineData(TimeMode.Local, "Europe/Berlin", "2030-01-31 13:00")]
    public async Task OneTime_IsShownAndReadInTheZoneOfTheSwitch(TimeMode mode, string zone, string shown)
    {
        Services.GetRequiredService<Viewer>().Load(new ViewerSettings { Zone = "Europe/Berlin", Time = mode });
        var editor = Render<RuleEditor>(parameters => parameters.Add(each => each.Rule, new ScheduleRule.Once(Noon)));
        Assert.Equal($"At ({zone})", editor.Find("label[for=rule-at]").TextContent);
        Assert.Equal(shown, editor.Find("#rule-at").GetAttribute("value"));
        Assert.Equal(new ScheduleRule.Once(Noon), await editor.InvokeAsync(editor.Instance.Read));
        editor.Find("#rule-at").Input(shown.Replace("-31 ", "-30 ", StringComparison.Ordinal));
        Assert.Equal(new ScheduleRule.Once(Noon.AddDays(-1)), await editor.InvokeAsync(editor.Instance.Read));
    }

    /// <summary>Nothing was written: the switch alone must not move a schedule.</summary>
    [Fact]
    public async Task SwitchedZone_ChangesNothing()
    {
        var viewer = Services.GetRequiredService<Viewer>();
        viewer.Load(new ViewerSettings { Zone = "Europe/Berlin", Time = TimeMode.Local });
        var editor = Render<RuleEditor>(parameters => parameters.Add(each => each.Rule, new ScheduleRule.Once(Noon)));
        await editor.InvokeAsync(() => viewer.ChooseAsync(viewer.Settings with { Time = TimeMode.Utc }));
        Assert.Equal("2030-01-31 12:00", editor.Find("#rule-at").GetAttribute("value"));
        Assert.DoesNotContain(editor.Instance.Boxes, box => box.IsChanged);
        Assert.Equal(new ScheduleRule.Once(Noon), await editor.InvokeAsync(editor.Instance.Read));
    }
}
