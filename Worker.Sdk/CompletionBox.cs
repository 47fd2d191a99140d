using BlazorPluginAdmin.Wire;

namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>Results that the admin has not confirmed yet; sent again after every start, oldest first.</summary>
internal sealed class CompletionBox
{
    private const int Most = 1000;

    private readonly Lock _gate = new();
    private readonly LinkedList<JobCompleted> _kept = [];
    private TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Keep(JobCompleted completed)
    {
        lock (_gate)
        {
            _kept.AddLast(completed);
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
                if (node.Value.RequestId == requestId)
                {
                    _kept.Remove(node);
                    break;
                }
            }

            if (_kept.Count == 0)
            {
                _emptied.TrySetResult();
            }
        }
    }

    public IReadOnlyList<JobCompleted> All()
    {
        lock (_gate)
        {
            return [.. _kept];
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
}
