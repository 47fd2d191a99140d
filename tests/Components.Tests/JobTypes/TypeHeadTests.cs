using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Configs;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class TypeHeadTests : LivePages
{
    private static readonly JobTypeView Type = new() { Name = "echo", DisplayName = "Echo", Counts = new JobCounts { Queued = 1, Running = 1 }, RoomNow = 2, Queue = [new JobView(Succeeded("j"), null, 1)] };

    [Fact]
    public void Numbers_LeadToWhatTheyCount()
    {
        var head = Render<TypeHead>(parameters => parameters.Add(head => head.Type, Type));
        Assert.Equal("jobs?q=type%3Aecho%20phase%3Aqueued", head.Find("[data-testid=head-queued]").GetAttribute("href"));
        Assert.Equal("jobs?q=type%3Aecho%20state%3Aactive", head.Find("[data-testid=head-active]").GetAttribute("href"));
        Assert.Equal("nothing held back", head.Find("[data-testid=held]").TextContent.Trim());

        var held = Type with { Counts = new JobCounts { Scheduled = 2000, Backoff = 1, Blocked = 3 }, Policy = new RuntimePolicy { GlobalConcurrency = 1500, PerWorkerConcurrency = 1 } };
        head.Render(parameters => parameters.Add(head => head.Type, held));
        Assert.Equal(
            [("2\u202f000 scheduled", "jobs?q=type%3Aecho%20phase%3Ascheduled"), ("1 in backoff", "jobs?q=type%3Aecho%20phase%3Abackoff"), ("3 blocked", "jobs?q=type%3Aecho%20phase%3Ablocked")],
            head.FindAll("[data-testid=held] a").Select(link => (link.TextContent, link.GetAttribute("href")!)));
        Assert.Contains("limit 1\u202f500, 1 per worker", head.Find("[data-testid=head-active]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_SaysWhatTheDispatcherWouldStart()
    {
        var tab = Render<QueueTab>(parameters => parameters.Add(tab => tab.Type, Type));
        Assert.EndsWith("2 free slots now", tab.Find("[data-testid=queue-numbers]").TextContent, StringComparison.Ordinal);
    }

    /// <summary>A type that detects nothing runs what is submitted, whatever the switch says: it is not "off".</summary>
    [Theory]
    [InlineData(true, "Detects by itself", "Echo detects by itself from now on.")]
    [InlineData(false, "Warn when nobody offers it", "The overview warns when nobody offers Echo.")]
    public void Switch_SaysWhatItSwitches(bool detects, string label, string said)
    {
        var config = new ConfigDocument { JobType = "echo", Version = 1, SavedAt = default, SavedBy = "me" };
        Admin.Answer = command => command is EnableJobType { Enabled: true } ? config : null!;
        var type = Type with { CanDetect = detects, Descriptor = new Descriptor { JobType = "echo" }, Policy = new RuntimePolicy { Enabled = false } };
        var head = Render<TypeHead>(parameters => parameters.Add(head => head.Type, type));
        Assert.Equal(label, head.Find("label:has([data-testid=enabled])").TextContent.Trim());
        head.Find("[data-testid=enabled]").Change(true);
        Assert.Equal(said, Assert.Single(Services.GetRequiredService<Toasts>().Shown).Text);
    }

    /// <summary>What the admin does not do is said with its reason.</summary>
    [Fact]
    public void Cancel_ThatIsRefused_IsSaid()
    {
        var detecting = Type with { CanDetect = true, Detections = [new Detection { Id = new RequestId("d-1"), JobType = "echo", By = Actor.LocalUi, StartedAt = DateTimeOffset.UnixEpoch, Status = DetectionStatus.Proposing }] };
        Admin.Views.Publish(new ReadModel { JobTypes = [detecting] });
        Cancel(Render<TypeHead>(parameters => parameters.Add(head => head.Type, detecting)), "cancel-operation");
        Cancel(Render<DetectionTab>(parameters => parameters.Add(tab => tab.Type, detecting)), "cancel-detection");
        Cancel(Render<TestResult>(parameters => parameters.Add(test => test.Test, detecting.Detections[0])), "cancel-test");
        Assert.Equal(3, Services.GetRequiredService<Toasts>().Shown.Count(toast => toast is { IsRefusal: true, Text: "nothing is changed here" }));

        static void Cancel<T>(IRenderedComponent<T> page, string button)
            where T : IComponent
        {
            page.Find($"[data-testid={button}]").Click();
            page.Find($"[data-testid={button}-confirm]").Click();
        }
    }

    /// <summary>Nobody is told an interval that does not count.</summary>
    [Theory]
    [InlineData("", "every 30 min")]
    [InlineData("30 2 * * *", "every day at 02:30, Europe/Berlin")]
    public void Pace_IsWhatDecides(string cron, string expected)
    {
        var type = Type with { CanDetect = true, Policy = new RuntimePolicy { Enabled = true, DetectionInterval = TimeSpan.FromMinutes(30) }, Timetable = new Timetable { Cron = cron, TimeZone = "Europe/Berlin" } };
        var head = Render<TypeHead>(parameters => parameters.Add(head => head.Type, type));
        Assert.Contains(expected, head.Find("[aria-label=State]").TextContent, StringComparison.Ordinal);
        Admin.Views.Publish(new ReadModel { JobTypes = [type] });
        Assert.Equal(expected, Render<AllJobTypes>(parameters => parameters.Add(page => page.Tab, "configuration")).Find("[data-label=detects]").TextContent);
    }
}
