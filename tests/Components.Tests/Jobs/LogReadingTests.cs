using System.Text;
using BlazorPluginAdmin.Components.JobDetails;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.Components.Tests.Jobs;

/// <summary>How output is read, without anything being drawn.</summary>
public sealed class LogReadingTests : IDisposable
{
    private static readonly JobId Job = new("j");

    private readonly string _folder = Directory.CreateTempSubdirectory("log-reading-").FullName;
    private readonly JobLogStore _store;
    private readonly LogReading _reading;
    private readonly long[] _written = new long[3];

    public LogReadingTests() => _reading = new LogReading(_store = new JobLogStore(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, null, 3, null, "")]
    [InlineData("2", "17", 2, 17L, "")]
    [InlineData("9", "-1", 3, null, "attempt=9, offset=-1")]
    [InlineData("two", "x", 3, null, "attempt=two, offset=x")]
    public void Address_ThatIsMalformed_IsTheLastAttemptFromItsEnd_AndIsSaid(string? attempt, string? offset, int number, long? position, string odd)
    {
        Assert.Equal(new LogAddress(Job, number, "stderr", position), LogAddress.Of(Job, [1, 2, 3], attempt, "stderr", offset));
        Assert.Equal(odd, LogAddress.NotUnderstood([1, 2, 3], attempt, "stderr", offset));
    }

    [Fact]
    public async Task Stream_IsWhatThereIs_UntilOneIsChosen()
    {
        await WriteAsync("to err\n", LogStream.Stderr);
        await _reading.OpenAsync(At(), grows: false, default);
        Assert.Equal("stderr", _reading.Stream);
        await WriteAsync("to out\n");
        await _reading.OpenAsync(At(attempt: 2), grows: false, default);
        Assert.Equal("stdout", _reading.Stream);
        await _reading.OpenAsync(At(), grows: false, default);
        Assert.Equal("merged", _reading.Stream);
        Assert.False(await _reading.OpenAsync(At(), grows: false, default));
    }

    [Fact]
    public async Task Scrolled_ItFollowsNoMore_AndCountsWhatIsMissed()
    {
        await WriteAsync("one\n");
        await _reading.OpenAsync(At(), grows: true, default);
        Assert.True(_reading.Follows);
        Assert.True(_reading.SetAtEnd(false));
        Assert.False(_reading.SetAtEnd(false));
        await WriteAsync("two\nthree\n");
        await _reading.RefreshAsync(grows: true, default);
        Assert.Equal(2, _reading.NewLines);
        var asked = _reading.EndAsked;
        await _reading.FollowAsync(grows: true, default);
        Assert.Equal((true, asked + 1), (_reading.Follows, _reading.EndAsked));
    }

    [Fact]
    public async Task Held_ThePictureStandsStill_AndGoesOnAtTheEnd()
    {
        await WriteAsync("one\n");
        await _reading.OpenAsync(At(), grows: true, default);
        await _reading.HoldAsync(true, grows: true, default);
        await WriteAsync("two\n");
        await _reading.RefreshAsync(grows: true, default);
        Assert.Equal(["one"], Rows());
        Assert.Equal(1, _reading.NewLines);
        await _reading.HoldAsync(false, grows: true, default);
        Assert.Equal(["one", "two"], Rows());
    }

    [Fact]
    public async Task Search_GoesOn_InTheOutputThatIsOpenedNext()
    {
        await WriteAsync("not this\n");
        await WriteAsync("needle\nhay\n", LogStream.Stderr);
        await _reading.OpenAsync(At() with { Stream = "stdout" }, grows: false, default);
        await _reading.SearchAsync("needle", default);
        Assert.Empty(_reading.Hits!.Offsets);
        await _reading.OpenAsync(At() with { Stream = "stderr" }, grows: false, default);
        Assert.Equal((1, 0L, false), (_reading.Hits!.Offsets.Length, _reading.Marked, _reading.Follows));

        // Asked for before the other output was there: it is the other one that is looked through.
        await _reading.SearchAsync("", default);
        var opening = _reading.OpenAsync(At() with { Stream = "merged" }, grows: false, default);
        await Task.WhenAll(opening, _reading.SearchAsync("needle", default));
        Assert.Equal(("merged", 1), (_reading.Stream, _reading.Hits!.Offsets.Length));
    }

    [Fact]
    public async Task Search_GoesRoundItsHits_AndPointsAtTheirRows()
    {
        await WriteAsync(string.Concat(Enumerable.Range(0, 2000).Select(n => $"row {n:0000}{(n % 900 == 100 ? " here" : "")}\n")));
        await _reading.OpenAsync(At(), grows: false, default);
        await _reading.SearchAsync(" HERE ", default);
        Assert.Equal((3, 0, false), (_reading.Hits!.Offsets.Length, _reading.Hit, _reading.Follows));
        Assert.Contains("row 0100 here", Rows());
        await _reading.GoToHitAsync(_reading.Hit - 1, default);
        Assert.Equal(2, _reading.Hit);
        Assert.Equal(1900 * 9 + 10, _reading.Marked);
        Assert.StartsWith($"{_reading.Marked} ", _reading.Goal, StringComparison.Ordinal);
        Assert.Equal([("row 1900 ", false), ("here", true)], _reading.Cut("row 1900 here"));
        await _reading.SearchAsync("  ", default);
        Assert.Null(_reading.Hits);
        Assert.Equal([("nothing here", false)], _reading.Cut("nothing here"));
    }

    /// <summary>A slow pass over a text and a quick one of the next: the last one asked for is shown.</summary>
    [Fact]
    public async Task Opened_WhileAnotherIsBeingOpened_TheLastOneStays()
    {
        await WriteAsync("out\n");
        await WriteAsync("err\n", LogStream.Stderr);
        var first = _reading.OpenAsync(At() with { Stream = "stdout" }, grows: false, default);
        var second = _reading.OpenAsync(At() with { Stream = "stderr" }, grows: false, default);
        await Task.WhenAll(first, second);
        Assert.Equal("stderr", _reading.Stream);
        Assert.Equal(["err"], Rows());
    }

    private static LogAddress At(int attempt = 1) => new(Job, attempt, null, null);

    private string[] Rows() => [.. _reading.View!.Shown.Select(line => string.Concat(line.Spans.Select(span => span.Text)))];

    private async Task WriteAsync(string text, LogStream stream = LogStream.Stdout)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await _store.AppendAsync(Job, 1, stream, _written[(int)stream], bytes, default);
        _written[(int)stream] += bytes.Length;
    }
}
