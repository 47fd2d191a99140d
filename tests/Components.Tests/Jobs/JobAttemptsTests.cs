using System.Collections.Immutable;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Components.Live;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>How attempts ended, in words.</summary>
public sealed class JobAttemptsTests : BunitContext
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public JobAttemptsTests()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(new CircuitClock(TimeProvider.System));
    }

    [Theory]
    [InlineData(AttemptOutcome.AtCapacity, CancelCause.None, "given back: at capacity")]
    [InlineData(AttemptOutcome.NotSent, CancelCause.None, "given back: not sent")]
    [InlineData(AttemptOutcome.TimedOut, CancelCause.Timeout, "timed out")]
    [InlineData(AttemptOutcome.WorkerLost, CancelCause.None, "worker lost")]
    [InlineData(AttemptOutcome.Rejected, CancelCause.None, "refused by the worker")]
    [InlineData(AttemptOutcome.Canceled, CancelCause.Person, "canceled by a person")]
    [InlineData(AttemptOutcome.Canceled, CancelCause.Expired, "canceled: the job expired")]
    [InlineData(AttemptOutcome.Open, CancelCause.None, "under way")]
    public void Outcome_IsAWord(AttemptOutcome outcome, CancelCause cancel, string word)
    {
        var shown = Render([Try(1, outcome) with { Cancel = cancel }]);
        Assert.Equal(word, shown.FindAll("tbody td")[2].TextContent.Trim());
        Assert.Equal(outcome is AttemptOutcome.AtCapacity or AttemptOutcome.NotSent ? 0 : 1, shown.FindAll("a[data-row-open]").Count);
    }

    [Fact]
    public void TakenOver_IsSaid_OfTheAttemptThatWas()
    {
        var adopted = new Activity { Sequence = 1, At = Start, Source = "admin", Stage = JobTimeline.Adopted, Message = "", Request = new RequestId("r-2") };
        var shown = Render([Try(1, AttemptOutcome.Failed), Try(2, AttemptOutcome.Succeeded)], adopted);
        var rows = shown.FindAll("tbody tr");
        Assert.DoesNotContain("taken over", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("taken over after reconnect", rows[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void LongError_IsFoldedToItsFirstLine_AndEachAttemptHasItsOwnExitCodeAndSession()
    {
        var shown = Render(
        [
            Try(1, AttemptOutcome.Failed) with { Error = "first\n\u001b[31msecond", ExitCode = 7, Generation = 2 },
            Try(2, AttemptOutcome.WorkerLost),
            Try(3, AttemptOutcome.Failed) with { ExitCode = 3, Generation = 4 },
        ]);
        Assert.Equal("first", shown.Find("summary").TextContent);
        Assert.Equal("first\nsecond", shown.Find("pre").TextContent);
        Assert.Equal(["7", "–", "3"], shown.FindAll("td[data-label='exit code']").Select(cell => cell.TextContent));
        Assert.Equal(["wsession 2", "w", "wsession 4"], shown.FindAll("tbody td:nth-child(2)").Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void Secret_IsSaidToBeSet_AndNeverShown()
    {
        var values = ConfigValues.Empty.With("token", new ConfigValue.Text("hunter2")).With("user", new ConfigValue.Text("me"));
        var shown = Render<JobValues>(parameters => parameters.Add(view => view.Values, values).Add(view => view.Secrets, new HashSet<string> { "token" }));
        Assert.DoesNotContain("hunter2", shown.Markup, StringComparison.Ordinal);
        Assert.Equal(["set", "me"], shown.FindAll("dd").Select(value => value.TextContent.Trim()));
    }

    private IRenderedComponent<JobAttempts> Render(Attempt[] attempts, params Activity[] activities) =>
        Render<JobAttempts>(parameters => parameters.Add(view => view.Attempts, attempts).Add(view => view.Activities, activities));

    private static Attempt Try(int number, AttemptOutcome outcome) => new()
    {
        Number = number,
        RequestId = new RequestId($"r-{number}"),
        Worker = new WorkerId("w"),
        Session = default,
        SentAt = Start,
        EndedAt = outcome == AttemptOutcome.Open ? null : Start.AddSeconds(5),
        Outcome = outcome,
        Timeout = TimeSpan.FromMinutes(1),
        TimeoutAt = default,
    };

    /// <summary>A tooltip needs a mouse.</summary>
    [Fact]
    public void EndAndRequest_AreReadWithoutAMouse()
    {
        var shown = Render([Try(1, AttemptOutcome.Failed), Try(2, AttemptOutcome.Open)]);
        Assert.Contains("12:00:05", Assert.Single(shown.FindAll("[data-testid=attempt-ended]")).TextContent, StringComparison.Ordinal);
        Assert.Equal(["r-1", "r-2"], shown.FindAll("[data-testid=attempt-request] .mono").Select(id => id.TextContent));
    }
}
