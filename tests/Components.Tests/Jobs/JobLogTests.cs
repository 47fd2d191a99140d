using System.Text;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Shared;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

public sealed class JobLogTests : LivePages
{
    /// <summary>A height is a person's choice: the next job is read in it, too.</summary>
    [Fact]
    public async Task PulledFrame_IsRemembered()
    {
        await Services.GetRequiredService<JobLogStore>().AppendAsync(new JobId("j"), 1, LogStream.Stdout, 0, Encoding.UTF8.GetBytes("one\n"), default);
        var log = Log();
        Assert.False(log.Find("[data-testid=log-frame]").HasAttribute("style"));
        await log.InvokeAsync(() => log.Instance.SizedAsync(512.4));
        Assert.Equal(512, Services.GetRequiredService<Viewer>().Settings.LogHeight);
        Assert.Equal("height: 512px", Log().Find("[data-testid=log-frame]").GetAttribute("style"));
        await log.InvokeAsync(() => log.Instance.SizedAsync(3));
        Assert.Equal(120, Services.GetRequiredService<Viewer>().Settings.LogHeight);
    }

    private IRenderedComponent<JobLog> Log()
    {
        var log = Render<JobLog>(parameters => parameters.Add(its => its.Job, new JobId("j")).Add(its => its.Attempts, [1]));
        log.WaitForElement("[data-testid=log-frame]");
        return log;
    }
}
