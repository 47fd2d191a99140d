using System.Globalization;

namespace BlazorPluginAdmin.Conformance.Kit;

/// <summary>What one side said, in order and with the time, until there is nothing more to come. Waiting for an entry never sleeps.</summary>
/// <param name="who">Named in failures.</param>
/// <param name="describe">An entry as one line.</param>
internal sealed class Journal<T>(string who, CaseClock clock, Func<T, string> describe)
{
    private const int Most = 200_000;

    private readonly Lock _gate = new();
    private readonly List<(T Item, TimeSpan At)> _entries = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _over;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Why nothing more comes; null while something may.</summary>
    public string? Over
    {
        get
        {
            lock (_gate)
            {
                return _over;
            }
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            if (_entries.Count == Most)
            {
                End($"the kit keeps {Most} entries and this is one more");
                return;
            }

            _entries.Add((item, clock.Now));
            Signal();
        }
    }

    public void End(string why)
    {
        lock (_gate)
        {
            _over ??= why;
            Signal();
        }
    }

    public IReadOnlyList<(T Item, TimeSpan At)> From(int index = 0)
    {
        lock (_gate)
        {
            return _entries[Math.Min(index, _entries.Count)..];
        }
    }

    /// <summary>Where that entry is, by which the order of two things is told, whatever the machine made of their times.</summary>
    public int IndexOf(T item)
    {
        lock (_gate)
        {
            return _entries.FindIndex(entry => EqualityComparer<T>.Default.Equals(entry.Item, item));
        }
    }

    /// <summary>The first entry from that index on which is wanted.</summary>
    /// <exception cref="CaseFailure">It does not come within the time, or cannot come any more.</exception>
    public async Task<(T Item, TimeSpan At)> AwaitAsync(Func<T, bool> wanted, string expected, double seconds, int from = 0)
    {
        var until = clock.Now + clock.Patient(seconds);
        var next = from;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                for (; next < _entries.Count; next++)
                {
                    if (wanted(_entries[next].Item))
                    {
                        return _entries[next];
                    }
                }

                if (_over is not null)
                {
                    throw new CaseFailure(expected, $"{_over}; {Last(from)}");
                }

                changed = _changed.Task;
            }

            var left = until - clock.Now;
            try
            {
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                throw new CaseFailure($"{expected} within {clock.Patient(seconds).TotalSeconds:0.#} s", Last(from));
            }
        }
    }

    /// <summary>Nothing of the kind comes for that long.</summary>
    public async Task NeverAsync(Func<T, bool> unwanted, string expected, double seconds, int from = 0)
    {
        var until = clock.Now + TimeSpan.FromSeconds(seconds);
        var next = from;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                for (; next < _entries.Count; next++)
                {
                    if (unwanted(_entries[next].Item))
                    {
                        throw new CaseFailure(expected, describe(_entries[next].Item));
                    }
                }

                if (_over is not null)
                {
                    return;
                }

                changed = _changed.Task;
            }

            var left = until - clock.Now;
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            try
            {
                await changed.WaitAsync(left, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    /// <summary>When nothing more comes.</summary>
    public async Task<string> OverAsync(string expected, double seconds)
    {
        var until = clock.Now + clock.Patient(seconds);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_over is not null)
                {
                    return _over;
                }

                changed = _changed.Task;
            }

            var left = until - clock.Now;
            try
            {
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                throw new CaseFailure($"{expected} within {clock.Patient(seconds).TotalSeconds:0.#} s", Last(0));
            }
        }
    }

    /// <summary>The last entries, one a line, for the report of a failure.</summary>
    public IEnumerable<(TimeSpan At, string Line)> Lines(int most)
    {
        lock (_gate)
        {
            return [.. _entries.Skip(Math.Max(0, _entries.Count - most)).Select(entry => (entry.At, $"{who}: {describe(entry.Item)}"))];
        }
    }

    private string Last(int from)
    {
        lock (_gate)
        {
            var count = Math.Max(0, _entries.Count - from);
            return count == 0 ? $"nothing from the {who}" : string.Create(CultureInfo.InvariantCulture, $"{count} entries from the {who}, the last one: {describe(_entries[^1].Item)}");
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The time of a case, and how much slower than a quiet machine this one may be.</summary>
internal sealed class CaseClock(double patience)
{
    private readonly long _from = TimeProvider.System.GetTimestamp();

    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_from);

    /// <summary>An upper limit on a machine that is busy with other things.</summary>
    public TimeSpan Patient(double seconds) => TimeSpan.FromSeconds(seconds * patience);

    public static Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
}
