using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.App.Hubs;

/// <summary>What happened to one topic since the frame before.</summary>
/// <param name="Changed">New and changed things, whole.</param>
/// <param name="Removed">Keys of things that are not in the picture any more; what ended stays readable over REST.</param>
public sealed record TopicChange(IReadOnlyList<object> Changed, IReadOnlyList<string> Removed);

/// <summary>What a watcher gets: first everything, then what changed.</summary>
/// <param name="Kind"><c>snapshot</c> or <c>changes</c>.</param>
/// <param name="Version">Of the read model; grows, with gaps where versions were skipped.</param>
/// <param name="At">When the read model was made.</param>
/// <param name="Topics">By name; in <c>changes</c> only those that changed.</param>
public sealed record MonitorFrame(string Kind, long Version, DateTimeOffset At, IReadOnlyDictionary<string, TopicChange> Topics);

/// <summary>What one watcher has been told, and from that what is new to it. One watcher's loop only.</summary>
public sealed class MonitorPicture(IReadOnlyList<MonitorTopic> topics, Func<string, bool> wanted)
{
    private readonly Dictionary<string, Dictionary<string, object>> _told = [];

    /// <summary>The next frame; null when nothing in its topics changed.</summary>
    public MonitorFrame? Advance(Versioned<ReadModel> newest)
    {
        var first = _told.Count == 0;
        var changes = new Dictionary<string, TopicChange>(StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            var before = _told.GetValueOrDefault(topic.Name) ?? [];
            var now = new Dictionary<string, object>(StringComparer.Ordinal);
            var changed = new List<object>();
            foreach (var (key, source) in topic.Sources(newest.Value, wanted))
            {
                if (!now.TryAdd(key, source))
                {
                    continue; // A job that ended this moment can still be in the queue of its type; the first is the one that counts.
                }

                if (!before.TryGetValue(key, out var old) || !old.Equals(source))
                {
                    changed.Add(topic.Write(source));
                }
            }

            var removed = before.Keys.Where(key => !now.ContainsKey(key)).ToList();
            _told[topic.Name] = now;
            if (first || changed.Count + removed.Count > 0)
            {
                changes[topic.Name] = new TopicChange(changed, removed);
            }
        }

        return changes.Count == 0 ? null : new MonitorFrame(first ? "snapshot" : "changes", newest.Version, newest.Value.At, changes);
    }
}
