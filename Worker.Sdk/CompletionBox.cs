using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// Results that have not arrived yet, as far as is known; sent again after every start, oldest first. An admin with acknowledgements
/// confirms them; without, that they were written is all there is to know.
/// </summary>
internal sealed class CompletionBox(TimeProvider time)
{
    private const int Most = 1000;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly LinkedList<(JobCompleted Completed, long At)> _kept = [];
    private TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count;
            }
        }
    }

    /// <summary>Those for which the admin may still be waiting: it has given up the jobs of late reports.</summary>
    public int Timely
    {
        get
        {
            lock (_gate)
            {
                return _kept.Count(kept => !Results.IsLate(kept.Completed));
            }
        }
    }

    public void Keep(JobCompleted completed)
    {
        lock (_gate)
        {
            _kept.AddLast((completed, time.GetTimestamp()));
            if (_kept.Count > Most)
            {
                _kept.RemoveFirst();
            }

            if (_emptied.Task.IsCompleted)
            {
                _emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    public void Confirm(string requestId)
    {
        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Completed.RequestId == requestId)
                {
                    _kept.Remove(node);
                    break;
                }
            }

            TellWhenEmpty();
        }
    }

    public IReadOnlyList<JobCompleted> All()
    {
        lock (_gate)
        {
            while (_kept.First is { } oldest && time.GetElapsedTime(oldest.Value.At) > Longest)
            {
                _kept.RemoveFirst();
            }

            TellWhenEmpty();
            return [.. _kept.Select(kept => kept.Completed)];
        }
    }

    /// <summary>Completes when nothing is left to be confirmed.</summary>
    public Task EmptyAsync()
    {
        lock (_gate)
        {
            return _kept.Count == 0 ? Task.CompletedTask : _emptied.Task;
        }
    }

    private void TellWhenEmpty()
    {
        if (_kept.Count == 0)
        {
            _emptied.TrySetResult();
        }
    }
}
