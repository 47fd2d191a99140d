using System.Globalization;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>How much time the lanes show, and until when; null: until now, always.</summary>
public sealed record SwimZoom(TimeSpan Span, DateTimeOffset? To)
{
    private static readonly TimeSpan[] Steps = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1)];

    public bool CanWiden => Span < Steps[^1];

    public bool CanNarrow => Span > Steps[0];

    /// <summary>"15 min".</summary>
    public string Text => Shared.Words.Span(Span);

    public SwimZoom Wider() => this with { Span = Steps.FirstOrDefault(step => step > Span, Steps[^1]) };

    public SwimZoom Narrower() => this with { Span = Steps.LastOrDefault(step => step < Span, Steps[0]) };

    public SwimZoom Live() => new(Steps.FirstOrDefault(step => step >= Span, Steps[^1]), null);

    public double PerSecond(double width) => width / Span.TotalSeconds;

    /// <summary>Two shares of what is shown, such as "0.25 0.5"; anything else changes nothing.</summary>
    public SwimZoom Dragged(string? shares, DateTimeOffset now)
    {
        var parts = (shares ?? "").Split(' ');
        if (parts.Length != 2 || !Share(parts[0], out var from) || !Share(parts[1], out var to) || to - from < 0.005)
        {
            return this;
        }

        var start = (To ?? now) - Span;
        var span = Span * (to - from);
        return new SwimZoom(span < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : span, start + (Span * to));
    }

    private static bool Share(string text, out double share) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out share) && share is >= 0 and <= 1;
}
