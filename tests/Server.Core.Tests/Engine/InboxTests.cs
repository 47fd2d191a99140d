using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Server.Core.Tests.Engine;

public sealed class InboxTests
{
    private static readonly Letter Report = new(new WorkerInput.Ended(new SessionId(1), "over"), null);
    private static readonly Letter Command = new(new CancelJob(default, new JobId("j"), "", false), _ => { });

    [Fact]
    public async Task Commands_FindRoomAndTheirTurn_WhenReportsFillTheInbox()
    {
        using var inbox = new Inbox();
        for (var n = 0; n < Inbox.Capacity; n++)
        {
            await inbox.ReportAsync(Report, CancellationToken.None);
        }

        Assert.False(inbox.ReportAsync(Report, CancellationToken.None).AsTask().IsCompleted);
        Assert.True(inbox.TryCommand(Command));
        Assert.True(inbox.TryCommand(Command));

        var taken = Enumerable.Range(0, 4).Select(_ => inbox.TryTake(out var letter) ? letter.Answer is not null : throw new InvalidOperationException("nothing came"));
        Assert.Equal(2, taken.Count(isCommand => isCommand));
    }

    [Fact]
    public void Commands_BeyondTheirCapacity_AreRefused()
    {
        using var inbox = new Inbox();
        for (var n = 0; n < Inbox.Capacity; n++)
        {
            Assert.True(inbox.TryCommand(Command));
        }

        Assert.False(inbox.TryCommand(Command));
        Assert.True(inbox.TryTake(out _));
        Assert.True(inbox.TryCommand(Command));
    }
}
