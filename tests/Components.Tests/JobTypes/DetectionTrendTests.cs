using System.Text.Json;
using BlazorPluginAdmin.Components.JobTypes;
using BlazorPluginAdmin.Components.Tests.Live;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Links;

namespace BlazorPluginAdmin.Components.Tests.JobTypes;

public sealed class DetectionTrendTests : LivePages
{
    private static readonly DateTimeOffset Began = DateTimeOffset.UnixEpoch;

    /// <summary>They are as far apart as they were, so each has a time of its own.</summary>
    [Fact]
    public void Values_AreReadAtTheCursor_AndAsATable()
    {
        Detection[] detections = [Ended(0, 3, 1.5, ""), Ended(10, 0, 61, "the disk is not there"), Ended(500, 1200, 2, "")];
        var trend = Render<DetectionTrend>(parameters => parameters.Add(its => its.Detections, detections));
        var plots = trend.FindAll(".plot");
        Assert.All(plots, plot => Assert.Equal("0", plot.GetAttribute("tabindex")));
        Assert.Equal("Found, the last 3 detections: 1\u202f200 the newest, at most 1\u202f200", plots[0].GetAttribute("aria-label"));
        Assert.Equal(
            [(0L, 3, 1.5), (600_000L, 0, 61), (30_000_000L, 1200, 2)],
            Read(plots[0].GetAttribute("data-read")!, "found").Zip(Read(plots[1].GetAttribute("data-read")!, "s"), (found, took) => (found.At, (int)found.Value, took.Value)));

        // What found nothing, or failed, is to be seen all the same.
        Assert.All(plots, plot => Assert.Equal((2, 1), (Bars(plot.QuerySelector(".beat")!), Bars(plot.QuerySelector(".failed")!))));

        trend.Find("[data-testid=as-table]").Click();
        Assert.Equal(
            ["Succeeded 1\u202f200 2 s", "Failed 0 1 min 1 s", "Succeeded 3 1.5 s"],
            trend.FindAll(".chart-table tbody tr").Select(row => string.Join(' ', row.QuerySelectorAll("td").Skip(1).Select(cell => cell.TextContent))));
    }

    private static int Bars(AngleSharp.Dom.IElement path) => path.GetAttribute("d")!.Count(letter => letter == 'Z');

    private static IEnumerable<(long At, double Value)> Read(string json, string name)
    {
        var read = JsonDocument.Parse(json).RootElement;
        Assert.Equal(name, read.GetProperty("n")[0].GetString());
        return read.GetProperty("t").EnumerateArray().Zip(read.GetProperty("v")[0].EnumerateArray(), (at, value) => (at.GetInt64(), value.GetDouble()));
    }

    private static Detection Ended(int minute, int found, double seconds, string error) => new()
    {
        Id = new RequestId($"d-{minute}"),
        JobType = "echo",
        StartedAt = Began.AddMinutes(minute),
        EndedAt = Began.AddMinutes(minute).AddSeconds(seconds),
        Status = error.Length > 0 ? DetectionStatus.Failed : DetectionStatus.Succeeded,
        Counts = new DetectionCounts { Found = found },
        Error = error,
    };
}
