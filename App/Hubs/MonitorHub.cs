using System.Runtime.CompilerServices;
using BlazorPluginAdmin.Server.Core;
using Microsoft.AspNetCore.SignalR;

namespace BlazorPluginAdmin.App.Hubs;

/// <summary>What to watch.</summary>
/// <param name="Topics">Of <c>workers, queue, detections, jobs, load</c>; none: all.</param>
/// <param name="JobTypes">Narrows queue, detections and jobs; none: all.</param>
/// <param name="PaceMs">Milliseconds between frames at least; 250–60,000, default 250.</param>
public sealed record WatchRequest(IReadOnlyList<string>? Topics, IReadOnlyList<string>? JobTypes, int? PaceMs);

/// <summary>
/// The live state for programs outside the dashboard (docs/monitor.md). Each frame is made from the newest state when the
/// one before it has been taken by the connection: a slow client gets fewer, larger steps and costs no memory.
/// </summary>
public sealed class MonitorHub(IAdmin admin, MonitorSeats seats, TimeProvider time) : Hub
{
    public const string Route = "/hubs/monitor";

    /// <summary>A snapshot, then changes, until the client stops.</summary>
    /// <exception cref="HubException">An unknown topic, a pace out of range, too many watches; the text says which.</exception>
    [HubMethodName("Watch")]
    public async IAsyncEnumerable<MonitorFrame> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var topics = request.Topics is { Count: > 0 } names ? names.Distinct().Select(Topic).ToList() : [.. MonitorTopic.All];
        var pace = request.PaceMs ?? 250;
        if (pace is < 250 or > 60_000)
        {
            throw new HubException($"pace_ms {pace}: 250 to 60000 milliseconds");
        }

        using var seat = seats.Take(Context.ConnectionId);
        var types = request.JobTypes is { Count: > 0 } some ? some.ToHashSet(StringComparer.Ordinal) : null;
        var picture = new MonitorPicture(topics, type => types?.Contains(type) ?? true);
        var version = -1L;
        while (true)
        {
            var newest = await admin.Views.NewerAsync(version, cancellationToken);
            version = newest.Version;
            if (picture.Advance(newest) is { } frame)
            {
                yield return frame;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pace), time, cancellationToken);
        }
    }

    private static MonitorTopic Topic(string name) => MonitorTopic.Find(name)
        ?? throw new HubException($"no topic '{(name.Length > 40 ? name[..40] : name)}'; there are {string.Join(", ", MonitorTopic.All.Select(topic => topic.Name))}");
}
