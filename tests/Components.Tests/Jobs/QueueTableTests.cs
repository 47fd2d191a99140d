using System.Collections.Immutable;
using BlazorPluginAdmin.Components.Jobs;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Tests.Shared;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class QueueTableTests : LivePages
{
    /// <summary>A queue that turns over faster than it is read would be sent whole four times a second.</summary>
    [Fact]
    public void Flood_IsDrawnOnceASecond_AndItsLastStateIsNotMissed()
    {
        var time = (ManualTimeProvider)Services.GetRequiredService<TimeProvider>();
        var table = Render<QueueTable>(parameters => parameters.Add(queue => queue.Jobs, Queue(0, 20)));
        table.Render(parameters => parameters.Add(queue => queue.Jobs, Queue(10, 20)));
        Assert.Equal("j-10", First(table));

        table.Render(parameters => parameters.Add(queue => queue.Jobs, Queue(30, 20)));
        table.Render(parameters => parameters.Add(queue => queue.Jobs, Queue(50, 20)));
        Assert.Equal("j-10", First(table));
        time.Advance(TimeSpan.FromSeconds(1));
        table.WaitForAssertion(() => Assert.Equal("j-50", First(table)));
    }

    /// <summary>Who asks for something else is answered at once, also when nearly all rows are other ones.</summary>
    [Fact]
    public void OtherFilter_IsDrawnAtOnce()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        ImmutableArray<JobView> jobs = [.. Queue(0, 20), .. Queue(20, 20).Select(view => view with { Job = view.Job with { State = JobState.Running, Phase = JobPhase.Working } })];
        navigation.NavigateTo("plugin/queue?job=echo&state=pending");
        var list = Render<QueueList>(parameters => parameters.Add(queue => queue.Jobs, jobs).Add(queue => queue.Open, jobs.Length).Add(queue => queue.Scope, new TypeScope("echo", null, ["echo"])));
        Assert.Equal("j-0", list.Find("[data-testid=job-link]").GetAttribute("data-job"));
        navigation.NavigateTo("plugin/queue?job=echo&state=running");
        list.Render();
        Assert.Equal("j-20", list.Find("[data-testid=job-link]").GetAttribute("data-job"));
    }

    private static List<JobView> Queue(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(n => new JobView(Succeeded($"j-{n}") with { State = JobState.Pending, Phase = JobPhase.Queued, CompletedAt = null }, null, n))];

    private static string? First(IRenderedComponent<QueueTable> table) => table.Find("[data-testid=job-link]").GetAttribute("data-job");
}
