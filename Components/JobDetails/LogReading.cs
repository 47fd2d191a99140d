using System.Collections.Immutable;
using System.Globalization;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>Which output is read, as the address says it.</summary>
/// <param name="Stream">stdout, stderr or merged; anything else: what there is.</param>
/// <param name="Offset">The byte that is linked to; null: the end.</param>
public sealed record LogAddress(JobId Job, int Attempt, string? Stream, long? Offset)
{
    /// <summary>An attempt that is none of the job's is the last one; what is no number is nothing.</summary>
    public static LogAddress Of(JobId job, IReadOnlyList<int> attempts, string? attempt, string? stream, string? offset) => new(
        job,
        int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && attempts.Contains(number) ? number : attempts.Count > 0 ? attempts[^1] : 1,
        stream,
        long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null);

    /// <summary>Parameters of an address that mean nothing here, as they stand there; empty: none.</summary>
    public static string NotUnderstood(IReadOnlyList<int> attempts, string? attempt, string? stream, string? offset)
    {
        var address = Of(default, attempts, attempt, stream, offset);
        var isOdd = new[]
        {
            ("attempt", attempt, address.Attempt.ToString(CultureInfo.InvariantCulture) != attempt),
            ("stream", stream, !LogReading.Streams.Contains(stream)),
            ("offset", offset, address.Offset is null),
        };
        return string.Join(", ", isOdd.Where(part => part.Item3 && !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={part.Item2}"));
    }
}

/// <summary>
/// How a person reads an attempt's output: followed while its end is in sight, held still on request, gone through hit by hit.
/// It knows no markup; who draws it hands on what the browser did, and draws it anew after each call.
/// </summary>
public sealed class LogReading(JobLogStore logs)
{
    private static readonly ImmutableArray<(string Name, LogStream? Stream)> Known = [("stdout", LogStream.Stdout), ("stderr", LogStream.Stderr), ("merged", null)];

    private LogAddress? _address;
    private long _linesSeen;

    /// <summary>Names of the streams, in the order in which they are offered.</summary>
    public static IEnumerable<string> Streams => Known.Select(known => known.Name);

    /// <summary>Null until something was opened.</summary>
    public LogView? View { get; private set; }

    public string Stream => Known.First(known => known.Stream == View?.Stream).Name;

    /// <summary>The end is kept in sight.</summary>
    public bool Follows { get; private set; } = true;

    /// <summary>Counts the requests to go to the end; the browser goes there when it changes.</summary>
    public int EndAsked { get; private set; }

    /// <summary>The row to go to, made new by a count, so that the same row can be asked for twice; empty: none was.</summary>
    public string Goal { get; private set; } = "";

    /// <summary>First byte of the row that is pointed out; −1: none.</summary>
    public long Marked { get; private set; } = -1;

    /// <summary>What is searched for; empty: nothing.</summary>
    public string Needle { get; private set; } = "";

    /// <summary>Null while nothing is searched for.</summary>
    public LogHits? Hits { get; private set; }

    /// <summary>The hit that is shown, counted from 0.</summary>
    public int Hit { get; private set; }

    /// <summary>Lines that came since the end went out of sight.</summary>
    public long NewLines => Math.Max(0, (View?.Lines ?? 0) - _linesSeen);

    /// <summary>Shows what an address names. False: it is shown already, or another was asked for meanwhile.</summary>
    /// <param name="grows">More may come.</param>
    public async Task<bool> OpenAsync(LogAddress address, bool grows, CancellationToken cancellationToken)
    {
        if (address == _address)
        {
            return false;
        }

        var sameText = _address is { } before && before with { Offset = address.Offset } == address;
        _address = address;
        if (!sameText)
        {
            var opened = new LogView(logs, address.Job, address.Attempt, StreamOf(address));
            await opened.RefreshAsync(!grows, toEnd: address.Offset is null, cancellationToken);
            if (_address != address)
            {
                return false;
            }

            (View, Hits, _linesSeen) = (opened, null, opened.Lines);
            await FindAsync(cancellationToken);
            if (_address != address)
            {
                return false;
            }
        }

        Marked = -1;
        if (address.Offset is { } position)
        {
            await GoToAsync(position, cancellationToken);
        }
        else if (!sameText)
        {
            (Follows, EndAsked) = (true, EndAsked + 1);
            await GoToHitAsync(0, cancellationToken);
        }

        return true;
    }

    /// <summary>Takes in what was written since.</summary>
    public Task RefreshAsync(bool grows, CancellationToken cancellationToken) => View?.RefreshAsync(!grows, Follows, cancellationToken) ?? Task.CompletedTask;

    public Task SeekAsync(double row, CancellationToken cancellationToken) => View?.SeekAsync((long)Math.Clamp(row, 0, long.MaxValue / 2), cancellationToken) ?? Task.CompletedTask;

    /// <summary>The end is in sight, or is not any more. False: that was known.</summary>
    public bool SetAtEnd(bool atEnd)
    {
        if (View is null || Follows == atEnd)
        {
            return false;
        }

        (Follows, _linesSeen) = (atEnd, View.Lines);
        return true;
    }

    /// <summary>Holds the picture still, or goes on at the end.</summary>
    public async Task HoldAsync(bool hold, bool grows, CancellationToken cancellationToken)
    {
        View!.Hold(hold);
        _linesSeen = View.Lines;
        if (!hold)
        {
            await FollowAsync(grows, cancellationToken);
        }
    }

    public async Task FollowAsync(bool grows, CancellationToken cancellationToken)
    {
        (Follows, Marked) = (true, -1);
        await View!.RefreshAsync(!grows, toEnd: true, cancellationToken);
        EndAsked++;
    }

    /// <summary>Looks through the whole output and shows the first hit; goes on in whatever is opened next, until an empty text ends it.</summary>
    public async Task SearchAsync(string text, CancellationToken cancellationToken)
    {
        Needle = text.Trim();
        if (await FindAsync(cancellationToken))
        {
            await GoToHitAsync(0, cancellationToken);
        }
    }

    /// <summary>Beyond the last hit comes the first one, before the first the last.</summary>
    public async Task GoToHitAsync(int hit, CancellationToken cancellationToken)
    {
        if (Hits is { Offsets: { IsEmpty: false } offsets })
        {
            Hit = (hit + offsets.Length) % offsets.Length;
            await GoToAsync(offsets[Hit], cancellationToken);
        }
    }

    /// <summary>A text, cut where it is what is searched for.</summary>
    public IEnumerable<(string Text, bool IsHit)> Cut(string text)
    {
        var from = 0;
        while (Hits is not null && text.IndexOf(Needle, from, StringComparison.OrdinalIgnoreCase) is >= 0 and var found)
        {
            if (found > from)
            {
                yield return (text[from..found], false);
            }

            yield return (text.Substring(found, Needle.Length), true);
            from = found + Needle.Length;
        }

        if (from < text.Length)
        {
            yield return (text[from..], false);
        }
    }

    /// <summary>False: another text or output was asked for meanwhile, and is looked through by who asked.</summary>
    private async Task<bool> FindAsync(CancellationToken cancellationToken)
    {
        var (view, needle) = (View!, Needle);
        var hits = needle.Length == 0 ? null : await view.SearchAsync(needle, cancellationToken);
        if (view != View || needle != Needle)
        {
            return false;
        }

        (Hits, Hit) = (hits, 0);
        return true;
    }

    private async Task GoToAsync(long position, CancellationToken cancellationToken)
    {
        var view = View!;
        if (await view.ShowAsync(position, cancellationToken) is { } row && view == View)
        {
            (Follows, _linesSeen, Marked, EndAsked) = (false, View.Lines, row.Start, EndAsked + 1);
            Goal = string.Create(CultureInfo.InvariantCulture, $"{row.Start} {EndAsked}");
        }
    }

    /// <summary>Without a choice both streams where there are both, else the one there is.</summary>
    private LogStream? StreamOf(LogAddress address)
    {
        if (Known.FirstOrDefault(known => known.Name == address.Stream) is { Name: not null } named)
        {
            return named.Stream;
        }

        return (logs.Exists(address.Job, address.Attempt, LogStream.Stdout), logs.Exists(address.Job, address.Attempt, LogStream.Stderr)) switch
        {
            (true, true) => null,
            (false, true) => LogStream.Stderr,
            _ => LogStream.Stdout,
        };
    }
}
