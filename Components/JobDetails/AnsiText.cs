using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BlazorPluginAdmin.Components.Shared;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Text that looks alike.</summary>
/// <param name="Classes">Classes of ours, separated by spaces; empty for plain text.</param>
public readonly record struct AnsiSpan(string Text, string Classes);

/// <summary>
/// A row of output as text and looks. Colours and weights that the program asked for become classes of ours, every other
/// control sequence is left out, and what stays is text: nothing of it is ever markup. Each row begins plain.
/// </summary>
public static class AnsiText
{
    private const char Escape = '\u001b';
    private static readonly System.Buffers.SearchValues<char> Numbers = System.Buffers.SearchValues.Create("0123456789;:");
    private static readonly string[] Hues = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

    /// <summary>How the text that follows looks.</summary>
    private readonly record struct Look(int Hue, int Ground, bool Bold, bool Dim, bool Italic, bool Underline, bool Inverse)
    {
        public static readonly Look Plain = new(-1, -1, false, false, false, false, false);

        /// <summary>A ground colour, and an exchange of both, are the same to us: the hue is behind the letters.</summary>
        public string Classes()
        {
            var classes = new List<string>(4);
            var behind = Ground >= 0 || Inverse;
            var hue = Ground >= 0 ? Ground : Hue;
            if (hue >= 0)
            {
                classes.Add($"ansi-{Hues[hue]}");
            }

            foreach (var (set, name) in ((bool, string)[])[(behind, "ansi-on"), (Bold, "ansi-bold"), (Dim && !Bold && hue < 0, "ansi-dim"), (Italic, "ansi-italic"), (Underline, "ansi-underline")])
            {
                if (set)
                {
                    classes.Add(name);
                }
            }

            return string.Join(' ', classes);
        }
    }

    public static ImmutableArray<AnsiSpan> Parse(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var spans = ImmutableArray.CreateBuilder<AnsiSpan>(1);
        var run = new StringBuilder(text.Length);
        var look = Look.Plain;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is Escape or '\u009b')
            {
                var (next, codes) = Sequence(text, at);
                if (codes is not null)
                {
                    Flush();
                    look = Apply(look, codes);
                }

                at = next;
                continue;
            }

            if (!char.IsControl(text[at]) || text[at] == '\t')
            {
                run.Append(text[at]);
            }

            at++;
        }

        Flush();
        return spans.ToImmutable();

        void Flush()
        {
            if (run.Length > 0)
            {
                spans.Add(new AnsiSpan(Words.Visible(run.ToString()), look.Classes()));
                run.Clear();
            }
        }
    }

    /// <summary>Where a control sequence ends, and the numbers of one that sets the look.</summary>
    private static (int Next, string? Codes) Sequence(string text, int at)
    {
        var kind = text[at] == '\u009b' ? '[' : at + 1 < text.Length ? text[at + 1] : '\0';
        var body = text[at] == '\u009b' ? at + 1 : at + 2;
        switch (kind)
        {
            case '[':
                var end = body;
                while (end < text.Length && text[end] is >= ' ' and <= '?')
                {
                    end++;
                }

                if (end >= text.Length)
                {
                    return (end, null);
                }

                return (end + 1, text[end] == 'm' && !text.AsSpan(body, end - body).ContainsAnyExcept(Numbers) ? text[body..end] : null);
            case ']' or 'P' or 'X' or '^' or '_':
                // A title, a link, a picture: up to its terminator.
                while (body < text.Length && text[body] != '\a' && text[body] != '\u009c' && !(text[body] == Escape && body + 1 < text.Length && text[body + 1] == '\\'))
                {
                    body++;
                }

                return (Math.Min(text.Length, body + (body < text.Length && text[body] == Escape ? 2 : 1)), null);
            case >= ' ' and <= '/':
                while (body < text.Length && text[body] is >= ' ' and <= '/')
                {
                    body++;
                }

                return (Math.Min(text.Length, body + 1), null);
            default:
                return (Math.Min(text.Length, body), null);
        }
    }

    private static Look Apply(Look look, string codes)
    {
        var numbers = codes.Split(';', ':').Select(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        for (var n = 0; n < numbers.Length; n++)
        {
            look = numbers[n] switch
            {
                0 => Look.Plain,
                1 => look with { Bold = true },
                2 => look with { Dim = true },
                3 => look with { Italic = true },
                4 => look with { Underline = true },
                7 => look with { Inverse = true },
                22 => look with { Bold = false, Dim = false },
                23 => look with { Italic = false },
                24 => look with { Underline = false },
                27 => look with { Inverse = false },
                39 => look with { Hue = -1 },
                49 => look with { Ground = -1 },
                >= 30 and <= 37 and var code => look with { Hue = code - 30 },
                >= 90 and <= 97 and var code => look with { Hue = code - 90 },
                >= 40 and <= 47 and var code => look with { Ground = code - 40 },
                >= 100 and <= 107 and var code => look with { Ground = code - 100 },
                38 => look with { Hue = Extended(numbers, ref n) },
                48 => look with { Ground = Extended(numbers, ref n) },
                _ => look,
            };
        }

        return look;
    }

    /// <summary>One of 256 colours, or red, green and blue → the nearest of our eight.</summary>
    private static int Extended(int[] numbers, ref int n)
    {
        if (n + 2 < numbers.Length && numbers[n + 1] == 5)
        {
            var colour = numbers[n += 2];
            return colour switch
            {
                < 16 => colour % 8,
                < 232 => Nearest((colour - 16) / 36, (colour - 16) / 6 % 6, (colour - 16) % 6, 5),
                < 244 => 0,
                _ => 7,
            };
        }

        if (n + 4 < numbers.Length && numbers[n + 1] == 2)
        {
            n += 4;
            return Nearest(numbers[n - 2], numbers[n - 1], numbers[n], 255);
        }

        n = numbers.Length;
        return -1;
    }

    private static int Nearest(int red, int green, int blue, int most)
    {
        var strong = Math.Max(1, Math.Max(red, Math.Max(green, blue)) * 2 / 3);
        return Math.Max(red, Math.Max(green, blue)) <= most / 5 ? 0 : (red >= strong ? 1 : 0) | (green >= strong ? 2 : 0) | (blue >= strong ? 4 : 0);
    }
}
