using System.Globalization;
using BlazorPluginAdmin.Server.Core.Forms;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A box for a moment, read in the zone that its label names; it may hold something else besides, as how long from now.</summary>
public sealed class MomentField(string id, string label, string hint, string help) : EntryField(id, label, hint, help)
{
    private const string Kept = "yyyy-MM-dd HH:mm:ss zzz";

    private TimeZoneInfo _zone = TimeZoneInfo.Utc;

    public override string Caption => $"{Label} ({_zone.Id})";

    /// <summary>A draft may be read again in another zone.</summary>
    public override string Draft => MomentOf(Text) is { } at ? at.ToString(Kept, CultureInfo.InvariantCulture) : Text;

    /// <summary>Null: there is no date and time in it.</summary>
    public DateTimeOffset? Moment => MomentOf(Text);

    /// <summary>As it is written in this box.</summary>
    public string TextOf(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone) is var local && local.Second == 0
        ? local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The person reads times in another zone now. What was written stays the same moment.</summary>
    public void Turn(TimeZoneInfo zone)
    {
        if (!zone.Equals(_zone))
        {
            var (text, start) = (MomentOf(Text), MomentOf(Start));
            _zone = zone;
            Begin(text is { } at ? TextOf(at) : Text, start is { } begun ? TextOf(begun) : Start);
        }
    }

    protected override string FromDraft(string draft) =>
        DateTimeOffset.TryParseExact(draft, Kept, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? TextOf(at) : draft;

    private DateTimeOffset? MomentOf(string text) =>
        !DurationText.TryParse(text.Trim(), out _) && DateTime.TryParse(text.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Kind == DateTimeKind.Unspecified
            && _zone.GetUtcOffset(local) is var offset && IsKnown(local, offset)
            ? new DateTimeOffset(local, offset)
            : null;

    /// <summary>The first and the last day that can be written are in another zone days that cannot.</summary>
    private static bool IsKnown(DateTime local, TimeSpan offset) =>
        local.Ticks - offset.Ticks is var ticks && ticks >= DateTime.MinValue.AddDays(1).Ticks && ticks <= DateTime.MaxValue.AddDays(-1).Ticks;
}
