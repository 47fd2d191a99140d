using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Forms;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Workers;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>What is said of a job at work, and the commands that do what its page does.</summary>
public sealed class JobWordsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AdminOptions Options = new();

    [Theory]
    [InlineData(1, null, "")]
    [InlineData(12, null, "Sent to w-3 12 s ago, no word yet.")]
    [InlineData(12, 4, "Sent to w-3 12 s ago, no word yet (it answers pings in 4 ms).")]
    public void Sent_WithoutAWord_IsSaid(int seconds, int? ping, string word) => Assert.Equal(
        word, JobDiagnosis.Of(At(JobState.Assigned, JobPhase.Sent), [], ping is { } trip ? TimeSpan.FromMilliseconds(trip) : null, Options, Start.AddSeconds(seconds)));

    [Fact]
    public void Silence_IsMeasuredByTheUsualGap()
    {
        var said = Enumerable.Range(0, 5).Select(n => Said(n, n * 20, "worker_progress", "copy")).ToArray();
        var job = At(JobState.Running, JobPhase.Working) with { UpdatedAt = Start.AddSeconds(80) };
        Assert.Equal("", JobDiagnosis.Of(job, said, null, Options, Start.AddSeconds(130)));
        Assert.Equal("No progress for 9 min; the usual gap is 20 s.", JobDiagnosis.Of(job, said, null, Options, Start.AddSeconds(80 + 540)));
        Assert.Equal("", JobDiagnosis.Of(job, said[..2], null, Options, Start.AddSeconds(900)));
    }

    [Fact]
    public void Reconnecting_SaysWhenItIsGivenUp() => Assert.Equal(
        "The stream of w-3 broke 6 s ago; given up in 9 s.",
        JobDiagnosis.Of(At(JobState.Running, JobPhase.Reconnecting), [Said(1, 0, "admin", "reconnecting")], null, Options, Start.AddSeconds(6)));

    [Fact]
    public void MedianRun_WantsFive()
    {
        Job Took(int seconds) => At(JobState.Succeeded, JobPhase.None) with { Attempt = At(JobState.Running, JobPhase.Working).Attempt! with { EndedAt = Start.AddSeconds(seconds) } };
        Assert.Null(StartEstimate.Usual(Enumerable.Range(1, 4).Select(Took)));
        Assert.Equal(TimeSpan.FromSeconds(3), StartEstimate.Usual(new[] { 100, 1, 3, 2, 50 }.Select(Took)));
    }

    [Fact]
    public void Commands_QuoteEverything_AndLeaveSecretsToTheShell()
    {
        var job = At(JobState.Running, JobPhase.Working) with { Summary = "it's $(rm) `here`" };
        var payload = new JobPayload("", ConfigValues.Empty.With("api-key", new ConfigValue.Text("hush")).With("count", new ConfigValue.Int64(9007199254740993)));
        var line = CopyLines.Of("http://a/", "a:1", job, payload, new HashSet<string> { "api-key" }, Start)[1];
        Assert.DoesNotContain("hush", line.Curl + line.Pluginctl, StringComparison.Ordinal);
        Assert.Contains("""'"$API_KEY"'""", line.Curl, StringComparison.Ordinal);
        Assert.Contains("""--param 'api-key='"$API_KEY" """, line.Pluginctl, StringComparison.Ordinal);
        Assert.Contains("9007199254740993", line.Curl, StringComparison.Ordinal);
        Assert.Equal("'it'\\''s $(rm)'", CopyLines.Quote("it's $(rm)"));
    }

    /// <summary>A time that has passed would only have the line refused; the tool counts from its own start.</summary>
    [Theory]
    [InlineData(0, "--not-before '2", "\"not_before\":", "--ttl '30m'", "\"expires_at\":", "--deadline '2h'", "\"deadline\":")]
    [InlineData(100, "--ttl '30m'", "", "--deadline '2h'", "\"deadline\":")]
    [InlineData(200, "--ttl '30m'", "", "--deadline '2h'", "")]
    public void Commands_HaveAllThatTheJobCarries(int minutesLater, params string[] said)
    {
        var later = minutesLater > 0;
        var job = At(JobState.Pending, later ? JobPhase.Queued : JobPhase.Scheduled) with
        {
            Attempt = later ? At(JobState.Running, JobPhase.Working).Attempt : null,
            DedupeKey = "it's 7",
            IdempotencyKey = "night",
            DueAt = later ? Start : Start.AddMinutes(10),
            ExpiresAt = later ? Start.AddMinutes(30) : Start.AddMinutes(40),
            Deadline = Start.AddHours(2),
            RetryBackoff = TimeSpan.FromSeconds(7),
        };
        var line = CopyLines.Of("http://a/", "a:1", job, JobPayload.Empty, new HashSet<string>(), Start.AddMinutes(minutesLater))[1];
        Assert.Contains("--dedupe-key 'it'\\''s 7'", line.Pluginctl, StringComparison.Ordinal);
        Assert.Contains("--retry-backoff '7s'", line.Pluginctl, StringComparison.Ordinal);
        Assert.Contains("\"retry_backoff\":\"7s\"", line.Curl, StringComparison.Ordinal);
        Assert.DoesNotContain("night", line.Pluginctl + line.Curl, StringComparison.Ordinal);
        Assert.All(said.Where((_, n) => n % 2 == 0), option => Assert.Contains(option, line.Pluginctl, StringComparison.Ordinal));
        string[] times = ["\"not_before\":", "\"expires_at\":", "\"deadline\":"];
        Assert.Equal(said.Where((text, n) => n % 2 == 1 && text.Length > 0), times.Where(time => line.Curl.Contains(time, StringComparison.Ordinal)));
    }

    private static Job At(JobState state, JobPhase phase) => new()
    {
        Id = new JobId("a"),
        JobType = "t",
        DedupeKey = "a",
        CreatedAt = Start,
        UpdatedAt = Start,
        DueAt = Start,
        State = state,
        Phase = phase,
        Attempt = new Attempt { Number = 1, RequestId = new RequestId("r"), Worker = new WorkerId("w-3"), Session = default, SentAt = Start, StartedAt = Start, Timeout = default, TimeoutAt = default },
    };

    private static Activity Said(long sequence, double at, string source, string stage) => new() { Sequence = sequence, At = Start.AddSeconds(at), Source = source, Stage = stage, Message = "", Request = new RequestId("r") };
}
