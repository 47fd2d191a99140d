namespace BlazorPluginAdmin.Server.Core.Tests.Schedules;

/// <summary>What the wall clock of a zone shows when, found without any knowledge of cron: the offsets and where they change.</summary>
internal sealed class WallClock
{
    private readonly List<(DateTimeOffset From, TimeSpan Offset)> _spans = [];

    public WallClock(string zone, DateTimeOffset from, DateTimeOffset to)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        _spans.Add((from, clock.GetUtcOffset(from)));
        for (var day = from; day < to; day = day.AddHours(12))
        {
            if (clock.GetUtcOffset(day.AddHours(12)) != clock.GetUtcOffset(day))
            {
                var (low, high) = (0, 12 * 60);
                while (high - low > 1)
                {
                    var middle = (low + high) / 2;
                    (low, high) = clock.GetUtcOffset(day.AddMinutes(middle)) == clock.GetUtcOffset(day) ? (middle, high) : (low, middle);
                }

                _spans.Add((day.AddMinutes(high), clock.GetUtcOffset(day.AddMinutes(high))));
            }
        }
    }

    /// <summary>When the clock was moved.</summary>
    public IEnumerable<DateTimeOffset> Moves => _spans.Skip(1).Select(span => span.From);

    /// <summary>The first instant at which the clock shows that; if it never does, the end of the gap it lies in.</summary>
    public DateTimeOffset First(DateTime shown)
    {
        for (var n = 0; n < _spans.Count; n++)
        {
            var instant = new DateTimeOffset(shown, TimeSpan.Zero) - _spans[n].Offset;
            if (n + 1 == _spans.Count || instant < _spans[n + 1].From)
            {
                return instant < _spans[n].From ? _spans[n].From : instant;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(shown));
    }

    public DateTime Shown(DateTimeOffset instant) => (instant + _spans.Last(span => span.From <= instant).Offset).UtcDateTime;
}
