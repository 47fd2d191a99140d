using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Forms;
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
    public void SettingOfTheTypesOwnForm_IsShown_AndChangedThere()
    {
        var form = new FormSchema("a", "A", "", [new SectionSchema("s", "S", "", [new FieldSchema { Name = "dispatch_queue_limit", Type = FieldType.Int64 }])], ConfigValues.Empty.With("dispatch_queue_limit", new ConfigValue.Int64(7)));
        var descriptor = new Descriptor { JobType = "echo", AdminForm = form };
        var config = new ConfigDocument { JobType = "echo", Version = 1, SavedAt = default, SavedBy = "me", Dispatch = new DispatchSettings { DefaultPriority = 60 } };
        Admin.Views.Publish(new ReadModel { JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", CanDetect = true, Descriptor = descriptor, Config = config, Dispatch = DispatchFields.Resolve(descriptor, config) }] });
        var page = Render<DispatchForm>(parameters => parameters.Add(its => its.JobType, "echo"));
        Assert.Equal(("7", true), (page.Find("#queue-limit").GetAttribute("value"), page.Find("#queue-limit").HasAttribute("disabled")));
        Assert.Contains("Set above, among the admin settings", page.Find("#queue-limit-help").TextContent, StringComparison.Ordinal);
        Assert.EndsWith("Saved here", page.Find("#default-priority-help").TextContent, StringComparison.Ordinal);
        Assert.False(page.Find("#detector-scope").HasAttribute("disabled"));
    }

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

    /// <summary>What others save in boxes that stand untouched is taken in; over the rest the person decides.</summary>
    [Fact]
    public void SavedByOthersMeanwhile_IsSaid_AndNotWrittenOver()
    {
        Publish(1, Saved);
        Admin.Answer = command => new ConfigDocument { JobType = "echo", Version = 3, SavedAt = default, SavedBy = "me", Dispatch = ((SaveDispatch)command).Settings };
        var form = Render<DispatchForm>(parameters => parameters.Add(its => its.JobType, "echo"));
        form.Find("#queue-limit").Input("7");
        Publish(2, Saved with { QueueLimit = 50, DefaultPriority = 90 });
        form.WaitForAssertion(() => Assert.Contains("she saved meanwhile what you changed too", form.Find("[data-testid=box-conflict]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Queue limit 100 → 50", form.Find("[data-testid=box-conflict]").TextContent, StringComparison.Ordinal);
        Assert.Equal(("7", "90"), (form.Find("#queue-limit").GetAttribute("value"), form.Find("#default-priority").GetAttribute("value")));

        form.Find("[data-testid=save-dispatch]").Click();
        form.WaitForAssertion(() => Assert.StartsWith("Not saved: say first", form.Find("[data-testid=dispatch-reply]").TextContent, StringComparison.Ordinal));
        Assert.Empty(Admin.Sent);
        form.Find("[data-testid=keep-mine]").Click();
        form.WaitForAssertion(() => Assert.Empty(form.FindAll("[data-testid=box-conflict]")));
        form.Find("[data-testid=save-dispatch]").Click();
        form.WaitForAssertion(() => Assert.Equal("Saved.", form.Find("[data-testid=dispatch-reply]").TextContent));
        var sent = Assert.IsType<SaveDispatch>(Assert.Single(Admin.Sent));
        Assert.Equal((2, Saved with { QueueLimit = 7, DefaultPriority = 90 }), (sent.ExpectedVersion, sent.Settings));
    }

    [Fact]
    public void TheirText_CanBeTaken_AndChangesDiscarded()
    {
        Publish(1, Saved);
        var form = Render<DispatchForm>(parameters => parameters.Add(its => its.JobType, "echo"));
        form.Find("#queue-limit").Input("7");
        Publish(2, Saved with { QueueLimit = 50 });
        form.WaitForElement("[data-testid=take-theirs]").Click();
        form.WaitForAssertion(() => Assert.Equal("50", form.Find("#queue-limit").GetAttribute("value")));
        Assert.Empty(form.FindAll(".field-dirty"));

        form.Find("#ageing").Input("3");
        Assert.Single(form.FindAll(".field-dirty"));
        form.Find("[data-testid=discard-dispatch]").Click();
        Assert.Equal(("0", 0), (form.Find("#ageing").GetAttribute("value"), form.FindAll(".field-dirty").Count));
    }

    private void Publish(long version, DispatchSettings dispatch) => Admin.Views.Publish(new ReadModel
    {
        JobTypes = [new JobTypeView { Name = "echo", DisplayName = "Echo", Dispatch = dispatch, Config = new ConfigDocument { JobType = "echo", Version = version, SavedAt = default, SavedBy = "she", Dispatch = dispatch } }],
    });
}
