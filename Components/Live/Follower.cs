using BlazorPluginAdmin.Server.Core.Engine;
using BlazorPluginAdmin.Server.Core.Views;

namespace BlazorPluginAdmin.Components.Live;

/// <summary>
/// One feed of a circuit and who reads it. The loop runs while somebody does: wait for something newer, let everybody take
/// it whose turn it is, draw all of them in one batch, wait for the browser, rest. Circuit's thread only.
/// </summary>
internal sealed class Follower<T>(Feed<T> feed, TimeProvider time, RenderBatch batch, Attention attention, Action<TimeSpan> observe)
{
    private readonly List<Reader<T>> _readers = [];
    private readonly Beats _beats = new(time);
    private Func<Task> _stopAsync = () => Task.CompletedTask;
    private Versioned<T>? _shown;
    private Versioned<T>? _frozen;

    /// <summary>The value to begin with; each newer one is taken and drawn until the reader leaves.</summary>
    public T Join(Reader<T> reader)
    {
        if (_readers.Count == 0)
        {
            attention.Changed += OnAttentionChanged;
            _shown = feed.Current;
            _frozen = attention.IsPaused ? _shown : null;
            Start();
        }

        _readers.Add(reader);
        var first = reader.StandsStill && _frozen is { } frozen ? frozen : feed.Current;
        (reader.Version, reader.TakenAt) = (first.Version, time.GetTimestamp());
        return first.Value;
    }

    public async Task LeaveAsync(Reader<T> reader)
    {
        _readers.Remove(reader);
        if (_readers.Count == 0)
        {
            attention.Changed -= OnAttentionChanged;
            await _stopAsync();
        }

        await reader.Taking;
    }

    private void Start()
    {
        var gone = new CancellationTokenSource();
        var following = FollowAsync(gone.Token);
        _stopAsync = async () =>
        {
            await gone.CancelAsync();
            await following;
            gone.Dispose();
        };
    }

    private void OnAttentionChanged()
    {
        _frozen = attention.IsPaused ? _frozen ?? _shown : null;
        if (_frozen is null)
        {
            _ = BeatAsync(feed.Current);
        }
    }

    private async Task FollowAsync(CancellationToken gone)
    {
        try
        {
            var version = _shown!.Version;
            while (true)
            {
                // A reader whose turn comes later must not wait for the next publish.
                var waits = _readers.Exists(reader => reader.Version < version && !Stands(reader));
                var newest = waits ? feed.Current : await feed.NewerAsync(version, gone);
                var isFresh = !waits && !attention.IsAsleep;
                await attention.AwakeAsync(gone);
                newest = isFresh ? newest : feed.Current;
                version = newest.Version;
                await BeatAsync(newest).WaitAsync(gone);
                if (isFresh && newest.Value is ReadModel model)
                {
                    observe(time.GetUtcNow() - model.At);
                }

                await Task.Delay(_beats.Next(), time, gone);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
    }

    private Task BeatAsync(Versioned<T> newest)
    {
        _shown = newest;
        var now = time.GetTimestamp();
        List<Reader<T>> ready = [];
        foreach (var reader in _readers.Where(reader => reader.Version < newest.Version && reader.Taking.IsCompleted && !Stands(reader) && time.GetElapsedTime(reader.TakenAt, now) >= reader.Pace).ToList())
        {
            (reader.Version, reader.TakenAt) = (newest.Version, now);
            var taking = reader.TakeAsync(newest.Value);
            if (taking.IsCompletedSuccessfully)
            {
                ready.Add(reader);
            }
            else
            {
                reader.Taking = DrawLaterAsync(reader, taking);
            }
        }

        return ready.Count == 0 ? Task.CompletedTask : batch.RunAsync(() => ready.ForEach(reader => reader.Draw()));
    }

    /// <summary>Who has to read more than the value does not hold up the others.</summary>
    private async Task DrawLaterAsync(Reader<T> reader, Task taking)
    {
        try
        {
            await taking;
            if (_readers.Contains(reader))
            {
                reader.Draw();
            }
        }
        catch (OperationCanceledException) when (!_readers.Contains(reader))
        {
            // The page was left.
        }
        catch (Exception exception)
        {
            await reader.FailAsync(exception);
        }
    }

    private bool Stands(Reader<T> reader) => reader.StandsStill && attention.IsPaused;
}

/// <summary>A component's side of a feed.</summary>
/// <param name="pace">Least time between two values, asked anew for each.</param>
/// <param name="standsStill">Takes nothing while the page is paused.</param>
internal sealed class Reader<T>(Func<TimeSpan> pace, bool standsStill, Func<T, Task> takeAsync, Action draw, Func<Exception, Task> failAsync)
{
    public TimeSpan Pace => pace();

    public bool StandsStill => standsStill;

    public long Version { get; set; }

    public long TakenAt { get; set; }

    /// <summary>Never faults.</summary>
    public Task Taking { get; set; } = Task.CompletedTask;

    public Task TakeAsync(T value) => takeAsync(value);

    public void Draw() => draw();

    public Task FailAsync(Exception exception) => failAsync(exception);
}
