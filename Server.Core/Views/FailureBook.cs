using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;

namespace BlazorPluginAdmin.Server.Core.Views;

/// <summary>Groups the failed jobs of the last day by what they have in common: at most 200 groups, 1 kB each; the one that is longest ago goes first. Publisher's thread only.</summary>
internal sealed class FailureBook
{
    private const int Most = 200;
    private const int WorkersNamed = 8;
    private const int Hours = 24;
    private const int SampleLength = 300;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private ImmutableArray<FailureGroup> _published = [];
    private ImmutableDictionary<string, DateTimeOffset> _muted = ImmutableDictionary<string, DateTimeOffset>.Empty;
    private DateTimeOffset _hour;
    private bool _dirty;

    private sealed class Group
    {
        public required string JobType { get; init; }

        public required JobReason Reason { get; init; }

        public string Sample { get; set; } = "";

        public JobId Newest { get; set; }

        public DateTimeOffset FirstAt { get; set; }

        public DateTimeOffset LastAt { get; set; }

        public SortedDictionary<DateTimeOffset, int> Hours { get; } = [];

        public SortedSet<string> Workers { get; } = new(StringComparer.Ordinal);

        public bool MoreWorkers { get; set; }
    }

    /// <summary>A job that failed for good.</summary>
    public void Failed(Job job)
    {
        var fingerprint = Fingerprint.Of(job);
        var at = job.CompletedAt ?? job.UpdatedAt;
        if (!_groups.TryGetValue(fingerprint, out var group))
        {
            if (_groups.Count >= Most)
            {
                _groups.Remove(_groups.MinBy(pair => pair.Value.LastAt).Key);
            }

            _groups[fingerprint] = group = new Group { JobType = job.JobType, Reason = job.Reason, FirstAt = at };
        }

        if (at >= group.LastAt)
        {
            (group.LastAt, group.Newest, group.Sample) = (at, job.Id, FirstLine(job.Error));
        }

        group.FirstAt = at < group.FirstAt ? at : group.FirstAt;
        group.Hours[HourOf(at)] = group.Hours.GetValueOrDefault(HourOf(at)) + 1;
        if (job.Worker is { } worker && !group.Workers.Contains(worker.Value))
        {
            group.MoreWorkers |= group.Workers.Count >= WorkersNamed;
            if (group.Workers.Count < WorkersNamed)
            {
                group.Workers.Add(worker.Value);
            }
        }

        _dirty = true;
    }

    /// <summary>The latest first; the same array as before while nothing has changed.</summary>
    public ImmutableArray<FailureGroup> Publish(DateTimeOffset now, ImmutableDictionary<string, DateTimeOffset> muted)
    {
        if (!_dirty && HourOf(now) == _hour && ReferenceEquals(muted, _muted))
        {
            return _published;
        }

        (_dirty, _hour, _muted) = (false, HourOf(now), muted);
        var since = _hour - TimeSpan.FromHours(Hours - 1);
        foreach (var (fingerprint, group) in _groups.ToList())
        {
            foreach (var old in group.Hours.Keys.TakeWhile(hour => hour < since).ToList())
            {
                group.Hours.Remove(old);
            }

            if (group.Hours.Count == 0)
            {
                _groups.Remove(fingerprint);
            }
        }

        _published =
        [
            .. _groups.Select(pair => new FailureGroup
            {
                Fingerprint = pair.Key,
                JobType = pair.Value.JobType,
                Reason = pair.Value.Reason,
                Sample = pair.Value.Sample,
                Newest = pair.Value.Newest,
                FirstAt = pair.Value.FirstAt,
                LastAt = pair.Value.LastAt,
                Count = pair.Value.Hours.Values.Sum(),
                Since = since,
                Hours = [.. Enumerable.Range(0, Hours).Select(n => pair.Value.Hours.GetValueOrDefault(since.AddHours(n)))],
                Workers = [.. pair.Value.Workers],
                MoreWorkers = pair.Value.MoreWorkers,
                MutedUntil = muted.TryGetValue(pair.Key, out var until) && until > now ? until : null,
            }).OrderByDescending(group => group.LastAt).ThenBy(group => group.Fingerprint, StringComparer.Ordinal),
        ];
        return _published;
    }

    private static DateTimeOffset HourOf(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerHour));

    private static string FirstLine(string error)
    {
        var line = error.AsSpan().TrimStart();
        line = line.IndexOf('\n') is >= 0 and var end ? line[..end].TrimEnd() : line;
        return line.Length <= SampleLength ? line.ToString() : $"{line[..SampleLength]} …";
    }
}
