using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class DispatchFormTests : LivePages
{
    private static readonly DispatchSettings Saved = new()
    {
        Strategy = DispatchStrategy.RoundRobin,
        QueueLimit = 100,
        SubmitRate = 2.5,
        QueueTtl = TimeSpan.FromMinutes(90),
        AgeingPerMinute = 0,
        RequireLabels = ImmutableSortedDictionary<string, string>.Empty.Add("pool", "gpu"),
    };

    [Fact]
    public void WhatIsSaved_IsShown_AndGoesBackAsItIs_ButForWhatWasChanged()
    {
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Dispatch = Saved }] });
        Admin.Answer = command => new ConfigDocument { JobType = "echo", Version = 2, SavedAt = default, SavedBy = "me", Dispatch = ((SaveDispatch)command).Settings };
        var form = Render<DispatchForm>(parameters => parameters.Add(its => its.JobType, "echo"));
        Assert.Equal(("100", "1h30m", "0"), (form.Find("#queue-limit").GetAttribute("value"), form.Find("#queue-ttl").GetAttribute("value"), form.Find("#ageing").GetAttribute("value")));
        Assert.True(form.Find("[data-testid=save-dispatch]").HasAttribute("disabled"));

        form.Find("#queue-limit").Input("many");
        form.Find("[data-testid=save-dispatch]").Click();
        Assert.Contains("queue limit is not a number: 'many'", form.Find("[data-testid=dispatch-reply]").TextContent, StringComparison.Ordinal);
        Assert.Empty(Admin.Sent);

        form.Find("#queue-limit").Input("");
        form.Find("#strategy").Change("Random");
        form.Find("[data-testid=save-dispatch]").Click();
        Assert.Equal(Saved with { QueueLimit = null, Strategy = DispatchStrategy.Random }, Assert.IsType<SaveDispatch>(Assert.Single(Admin.Sent)).Settings);
        Assert.Equal("Saved.", form.Find("[data-testid=dispatch-reply]").TextContent);
    }
}
