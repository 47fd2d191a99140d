using System.Collections.Immutable;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Logs;

namespace BlazorPluginAdmin.Components.JobDetails;

/// <summary>A row and what is drawn of it.</summary>
public sealed record LogLine(LogRow Row, ImmutableArray<AnsiSpan> Spans);

/// <summary>
/// A window on an attempt's output. It keeps the rows around what is looked at and reads others when they are asked for, so that
/// output of any length takes the same memory. Calls come from one circuit, also while one is under way; they wait for each other.
/// </summary>
public sealed class LogView(JobLogStore store, JobId job, int attempt, LogStream? stream)
{
    /// <summary>Rows kept.</summary>
    public const int Window = 200;

    private readonly LogRows _rows = new();
    private Task _last = Task.CompletedTask;
    private LogText? _text;
    private long _frozen;

    /// <summary>Null: both streams, by arrival.</summary>
    public LogStream? Stream { get; } = stream;

    public int Attempt { get; } = attempt;

    public ImmutableArray<LogLine> Shown { get; private set; } = [];

    /// <summary>The number of the first row shown, counted from 0.</summary>
    public long First { get; private set; }

    /// <summary>Rows that can be looked at; while the picture is held, those there were.</summary>
    public long Total => IsHeld ? Math.Min(_frozen, _rows.Count) : _rows.Count;

    /// <summary>All lines that came, shown or not.</summary>
    public long Lines => _rows.Lines;

    public long Length => _text?.Length ?? 0;

    /// <summary>Where it was cut, and what came beyond; null while all of it is kept.</summary>
    public (long Cap, long Dropped)? Limit => _text is { Limit: { } limit, Dropped: > 0 and var dropped } ? (limit.Cap, dropped) : null;

    /// <summary>The picture stands still while the output goes on.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>When each row came is known.</summary>
    public bool HasTimes => Shown.Any(line => line.Row.At is not null);

    public void Hold(bool hold) => (IsHeld, _frozen) = (hold, _rows.Count);

    /// <summary>Takes in what was written; <paramref name="toEnd"/>: and shows the end of it.</summary>
    public Task RefreshAsync(bool whole, bool toEnd, CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            _text = await LogText.OpenAsync(store, job, Attempt, Stream, whole, _text, cancellationToken);
            await _rows.AdvanceAsync(_text, cancellationToken);
            if (!IsHeld)
            {
                await LoadAsync(toEnd ? _rows.Count - Window : First, cancellationToken);
            }
        });

    /// <summary>Shows the rows around one.</summary>
    public Task SeekAsync(long row, CancellationToken cancellationToken) => InTurnAsync(() => LoadAsync(row - (Window / 2), cancellationToken));

    /// <summary>Shows the row that holds a byte. Null when there is no output.</summary>
    public async Task<LogRow?> ShowAsync(long position, CancellationToken cancellationToken)
    {
        await InTurnAsync(async () => await LoadAsync(await _rows.FindAsync(_text!, position, cancellationToken) - (Window / 2), cancellationToken));
        return Shown.LastOrDefault(line => line.Row.Start <= position)?.Row;
    }

    public async Task<LogHits> SearchAsync(string what, CancellationToken cancellationToken) =>
        _text is { } text ? await LogSearch.FindAsync(text, what, cancellationToken) : new LogHits([], false);

    private async Task LoadAsync(long first, CancellationToken cancellationToken)
    {
        First = Math.Clamp(first, 0, Math.Max(0, Total - Window));
        var rows = await _rows.ReadAsync(_text!, First, (int)Math.Min(Window, Total - First), cancellationToken);
        Shown = [.. rows.Select(row => new LogLine(row, AnsiText.Parse(row.Bytes.AsSpan())))];
    }

    private Task InTurnAsync(Func<Task> work)
    {
        return _last = AfterAsync(_last);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await work();
        }
    }
}
