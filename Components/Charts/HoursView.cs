using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>A day in spans of an hour, the newest ending now.</summary>
public static class HoursView
{
    public static ImmutableArray<Bucket> From(TypeNumbers numbers) =>
    [
        .. numbers.Minutes.Chunk(60).Select(minutes => minutes.Aggregate((hour, minute) => new Bucket(
            hour.Start, Math.Max(hour.Queued, minute.Queued), Math.Max(hour.Active, minute.Active), hour.Succeeded + minute.Succeeded, hour.Failed + minute.Failed, hour.Canceled + minute.Canceled))),
    ];
}
