using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobFactsTests : LivePages
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Due_IsStillSaid_OnceItIsAssigned()
    {
        Assert.Equal(["Created", "Due", "Assigned", "Ended"], Times(Start.AddHours(1), Start.AddHours(2)));
        Assert.Equal(["Created", "Assigned", "Due again", "Ended"], Times(Start.AddHours(3), Start.AddHours(2)));
        Assert.Equal(["Created", "Assigned", "Ended"], Times(Start, Start.AddHours(2)));
    }

    [Fact]
    public void Facts_NameTheIdempotencyKey_AndTheZoneOfADate()
    {
        var facts = Facts(Job(Start) with { IdempotencyKey = "order-7" }, Start);
        Assert.Contains("Idempotency key", facts.Markup, StringComparison.Ordinal);
        Assert.Contains("order-7", facts.Markup, StringComparison.Ordinal);
        var kept = facts.FindAll("dl div").Single(fact => fact.TextContent.StartsWith("Kept until", StringComparison.Ordinal));
        Assert.Contains(" UTC", kept.QuerySelector("time")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(" UTC", kept.QuerySelector("time")!.GetAttribute("title"), StringComparison.Ordinal);
    }

    private IEnumerable<string> Times(DateTimeOffset due, DateTimeOffset sent) => Facts(Job(due), sent).FindAll("[data-testid=job-times] li").Select(time => time.QuerySelector("span")!.TextContent);

    private IRenderedComponent<JobFacts> Facts(Job job, DateTimeOffset sent) => Render<JobFacts>(parameters => parameters.Add(facts => facts.Job, job).Add(facts => facts.Attempts, [Attempt(sent)]));

    private static Job Job(DateTimeOffset due) => Succeeded("j") with { CreatedAt = Start, DueAt = due, CompletedAt = Start.AddHours(9) };

    private static Attempt Attempt(DateTimeOffset sent) => new()
    {
        Number = 1,
        RequestId = new RequestId("r"),
        Worker = new WorkerId("w"),
        Session = new SessionId(1),
        SentAt = sent,
        Timeout = TimeSpan.FromMinutes(5),
        TimeoutAt = TimeSpan.FromMinutes(5),
    };
}
