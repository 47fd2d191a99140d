using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlazorPluginAdmin.Components.Charts;

/// <summary>A line of values that hover and focus read, one a step.</summary>
/// <param name="Name">After the value: "3 queued".</param>
/// <param name="Values">-1: nobody was looking.</param>
public sealed record PlotLine(string Name, IEnumerable<double> Values);

/// <summary>Numbers → what an SVG is made of. Pictures are 100 high, and as wide as they have steps, stretched by their frame.</summary>
public static class Plot
{
    public const double Height = 100;

    /// <summary>A number as SVG takes it.</summary>
    public static string N(double number) => Math.Round(number, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>A step line from left to right, broken where nothing is known; the gaps of an area are closed by the base line.</summary>
    public static string Area(IReadOnlyList<double> values, double peak)
    {
        var path = new StringBuilder();
        for (var n = 0; n < values.Count; n++)
        {
            if (values[n] < 0)
            {
                continue;
            }

            var from = n;
            path.Append(CultureInfo.InvariantCulture, $"M{from} {N(Height)}");
            for (; n < values.Count && values[n] >= 0; n++)
            {
                path.Append(CultureInfo.InvariantCulture, $"V{N(Y(values[n], peak))}H{n + 1}");
            }

            path.Append(CultureInfo.InvariantCulture, $"V{N(Height)}Z");
        }

        return path.ToString();
    }

    /// <summary>As <see cref="Area"/>, without the way down to the base line.</summary>
    public static string Steps(IReadOnlyList<double> values, double peak)
    {
        var path = new StringBuilder();
        for (var n = 0; n < values.Count; n++)
        {
            if (values[n] >= 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(n == 0 || values[n - 1] < 0 ? $"M{n} {N(Y(values[n], peak))}" : $"V{N(Y(values[n], peak))}")}H{n + 1}");
            }
        }

        return path.ToString();
    }

    /// <summary>Bars from one height to another, one a step.</summary>
    public static string Bars(IReadOnlyList<double> from, IReadOnlyList<double> to, double peak)
    {
        var path = new StringBuilder();
        for (var n = 0; n < to.Count; n++)
        {
            if (to[n] > from[n])
            {
                path.Append(CultureInfo.InvariantCulture, $"M{N(n + 0.1)} {N(Y(from[n], peak))}V{N(Y(to[n], peak))}H{N(n + 0.9)}V{N(Y(from[n], peak))}Z");
            }
        }

        return path.ToString();
    }

    /// <summary>What hover and focus read: start and step in milliseconds, names and values.</summary>
    public static string Read(DateTimeOffset start, TimeSpan step, params ReadOnlySpan<PlotLine> lines)
    {
        var (names, values) = Named(lines);
        return JsonSerializer.Serialize(new { s = start.ToUnixTimeMilliseconds(), w = (long)step.TotalMilliseconds, n = names, v = values });
    }

    /// <summary>The same of steps that have each a time of its own.</summary>
    public static string Read(IEnumerable<DateTimeOffset> times, params ReadOnlySpan<PlotLine> lines)
    {
        var (names, values) = Named(lines);
        return JsonSerializer.Serialize(new { t = times.Select(time => time.ToUnixTimeMilliseconds()), n = names, v = values });
    }

    private static (List<string> Names, List<double[]> Values) Named(ReadOnlySpan<PlotLine> lines)
    {
        var names = new List<string>();
        var values = new List<double[]>();
        foreach (var line in lines)
        {
            names.Add(line.Name);
            values.Add([.. line.Values.Select(value => Math.Round(value, 3))]);
        }

        return (names, values);
    }

    /// <summary>A round number that is not below the highest value, so that the scale does not jump with each of them.</summary>
    public static double Ceiling(double highest)
    {
        if (highest <= 4)
        {
            return highest <= 0 ? 1 : Math.Ceiling(highest);
        }

        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        return ImmutableArray.Create(1.0, 1.5, 2, 3, 4, 5, 6, 8, 10).Select(step => step * magnitude).First(step => step >= highest);
    }

    private static double Y(double value, double peak) => Height - (Math.Min(value, peak) * (Height - 1) / peak);
}
