using System.Runtime.CompilerServices;
using BlazorPluginAdmin.App.Rest;
using BlazorPluginAdmin.Grpc.Transport;
using BlazorPluginAdmin.Grpc.Transport.Server;
using BlazorPluginAdmin.Server.Core;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Store;
using V1 = BlazorPluginAdmin.Wire.V1;

namespace BlazorPluginAdmin.App.Services;

/// <summary>What happens to jobs, as it happens. A reader who falls behind loses steps in between and is told, never the end of a job that it is shown anew.</summary>
internal sealed class JobEventService(IAdmin admin, TimeProvider time)
{
    private static readonly TimeSpan ProgressPace = TimeSpan.FromMilliseconds(250);

    public async Task WatchAsync(V1.WatchEventsRequest request, ResponseWriter<V1.JobEvent> responses, CallContext call)
    {
        await foreach (var happened in ReadAsync(request, ClientFilter.Read(admin, request.Filter), call.CancellationToken))
        {
            await responses.WriteAsync(happened);
        }
    }

    /// <param name="filter">Of the jobs; that of the request is not looked at.</param>
    /// <exception cref="RpcException">The request is none.</exception>
    public async IAsyncEnumerable<V1.JobEvent> ReadAsync(V1.WatchEventsRequest request, JobFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (request.AfterSequence < 0)
        {
            throw ClientErrors.Invalid("after_sequence", "after_sequence is the number of an event, or 0");
        }

        var watched = new Watched(filter);
        var at = request.AfterSequence;
        var pace = request.IncludeProgress ? ProgressPace : Timeout.InfiniteTimeSpan;
        while (true)
        {
            if (at == 0 || admin.Journal.After(at) is not { } events)
            {
                // The number is read first: what happens meanwhile is told again rather than not at all.
                var newest = admin.Journal.Newest.Current.Value;
                foreach (var shown in Snapshot(watched, newest, isReset: at > 0))
                {
                    yield return shown;
                }

                at = newest;
                continue;
            }

            foreach (var happened in events)
            {
                at = happened.Sequence;
                if (watched.Event(happened, request.IncludeActivities) is { } wire)
                {
                    yield return wire;
                }
            }

            if (request.IncludeProgress)
            {
                foreach (var moved in watched.Moved(admin.States.Current.Value.Jobs.GetValueOrDefault))
                {
                    yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Progress, Job = ClientMapper.Job(moved), At = ApiObjects.Stamp(time.GetUtcNow()) };
                }
            }

            await NewsAsync(at, pace, cancellationToken);
        }
    }

    /// <summary>All open jobs; then one without a job, so that the caller knows where it begins also when nothing is open.</summary>
    private IEnumerable<V1.JobEvent> Snapshot(Watched watched, long at, bool isReset)
    {
        var now = ApiObjects.Stamp(time.GetUtcNow());
        if (isReset)
        {
            yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Reset, At = now };
        }

        foreach (var job in admin.States.Current.Value.Jobs.Values.Where(watched.Shows))
        {
            yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Snapshot, Job = ClientMapper.Job(job), At = now };
        }

        yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Snapshot, At = now };
    }

    private async Task NewsAsync(long at, TimeSpan pace, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (version, newest) = admin.Journal.Newest.Current;
        if (newest != at)
        {
            return;
        }

        var news = admin.Journal.Newest.NewerAsync(version, enough.Token).AsTask();
        var pause = Task.Delay(pace, time, enough.Token);
        await Task.WhenAny(news, pause);
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The jobs one caller sees, and how far it has been told of those at work.</summary>
    private sealed class Watched(JobFilter filter)
    {
        /// <summary>Ended jobs that what is said of their end still belongs to.</summary>
        private const int MostEnded = 1000;

        private readonly Dictionary<JobId, (double Percent, string Stage, string Message)> _told = [];
        private readonly Queue<JobId> _ended = [];

        public bool Shows(Job job)
        {
            if (!filter.Has(job))
            {
                return false;
            }

            Note(job);
            return true;
        }

        /// <summary>Null: none of this caller's.</summary>
        public V1.JobEvent? Event(JobEvent happened, bool activities)
        {
            if (happened.Job is { } job)
            {
                return Shows(job) ? Wire(happened, V1.JobEventKind.State, ClientMapper.Job(job)) : null;
            }

            if (!activities || !_told.ContainsKey(happened.Id))
            {
                return null;
            }

            var wire = Wire(happened, V1.JobEventKind.Activity, new V1.Job { JobId = happened.Id.Value, JobType = happened.Activity!.JobType });
            wire.Activity = ClientMapper.Activity(happened.Activity);
            return wire;
        }

        public IEnumerable<Job> Moved(Func<JobId, Job?> newest)
        {
            foreach (var (id, told) in _told.ToList())
            {
                if (newest(id) is { IsActive: true } job && told != (job.Percent, job.Stage, job.Message))
                {
                    Note(job);
                    yield return job;
                }
            }
        }

        private void Note(Job job)
        {
            _told[job.Id] = (job.Percent, job.Stage, job.Message);
            if (job.IsTerminal)
            {
                _ended.Enqueue(job.Id);
                if (_ended.Count > MostEnded)
                {
                    _told.Remove(_ended.Dequeue());
                }
            }
        }

        private static V1.JobEvent Wire(JobEvent happened, V1.JobEventKind kind, V1.Job job) =>
            new() { Sequence = happened.Sequence, Kind = kind, Job = job, At = ApiObjects.Stamp(happened.At) };
    }
}
