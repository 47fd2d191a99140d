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
internal sealed class JobEventService(IAdmin admin, TimeProvider time, WatchSeats seats)
{
    private static readonly TimeSpan ProgressPace = TimeSpan.FromMilliseconds(250);

    public async Task WatchAsync(V1.WatchEventsRequest request, ResponseWriter<V1.JobEvent> responses, CallContext call)
    {
        // That they wait for something else now is no event of theirs, and asking each at every change is too much.
        if (request.Filter is { WaitingCodes.Count: > 0 })
        {
            throw ClientErrors.Invalid("waiting_codes", "what jobs wait for changes without an event of theirs; watch without waiting_codes and look at each job's waiting, or list with them");
        }

        using var seat = seats.Take(ClientActor.Of(call).Name ?? "");
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
        var isResumed = at > 0;
        var paced = 0L;
        while (true)
        {
            // Before the events, so that nobody hears of the progress of a job before he hears of the job.
            var open = isResumed ? admin.States.Current.Value.Jobs.Values : [];
            if (at == 0 || admin.Journal.After(at) is not { } events)
            {
                // The number is read first: what happens meanwhile is told again rather than not at all.
                var newest = admin.Journal.Newest.Current.Value;
                isResumed = false;
                await foreach (var shown in SnapshotAsync(watched, newest, isReset: at > 0, cancellationToken))
                {
                    yield return shown;
                }

                at = newest;
                continue;
            }

            if (isResumed)
            {
                watched.Resume(open.Concat(events.Select(happened => happened.Job).OfType<Job>()));
                isResumed = false;
            }

            // Newer than the events: what moved on since says nothing of what it waited for.
            var reasons = admin.Reasons();
            foreach (var happened in events)
            {
                at = happened.Sequence;
                if (watched.Event(happened, request.IncludeActivities, reasons) is { } wire)
                {
                    yield return wire;
                }
            }

            if (request.IncludeProgress && time.GetElapsedTime(paced) >= pace)
            {
                paced = time.GetTimestamp();
                foreach (var moved in watched.Moved(admin.States.Current.Value.Jobs.GetValueOrDefault))
                {
                    yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Progress, Job = ClientMapper.Job(moved), At = ApiObjects.Stamp(time.GetUtcNow()) };
                }
            }

            await NewsAsync(at, pace, cancellationToken);
        }
    }

    /// <summary>
    /// All open jobs, and those whose end the caller may have missed; then one without a job, so that the caller knows where it begins
    /// also when nothing is open.
    /// </summary>
    private async IAsyncEnumerable<V1.JobEvent> SnapshotAsync(Watched watched, long at, bool isReset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = ApiObjects.Stamp(time.GetUtcNow());
        if (isReset)
        {
            yield return new V1.JobEvent { Kind = V1.JobEventKind.Reset, At = now };
        }

        var (jobs, reasons) = (admin.States.Current.Value.Jobs, admin.Reasons());
        var missed = watched.Expected.Where(id => !jobs.ContainsKey(id)).ToList();
        foreach (var job in jobs.Values.Where(watched.Shows))
        {
            yield return Shown(job);
        }

        foreach (var id in missed)
        {
            if (await admin.History.JobAsync(id, cancellationToken) is { Job: { IsTerminal: true } job } && watched.Shows(job))
            {
                yield return Shown(job);
            }
        }

        yield return new V1.JobEvent { Sequence = at, Kind = V1.JobEventKind.Snapshot, At = now };

        // Without a number: whoever loses the connection in here must not go on behind what did not come.
        V1.JobEvent Shown(Job job) => new() { Kind = V1.JobEventKind.Snapshot, Job = ClientMapper.Job(job, reasons.Explain(job)), At = now };
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
        private readonly HashSet<JobId> _open = [];
        private readonly Queue<JobId> _ended = [];

        /// <summary>Jobs whose end the caller waits for: named by the filter, or told of when they were open.</summary>
        public IEnumerable<JobId> Expected => filter.Ids.Union(_open);

        /// <summary>The caller knows these, but not how far they have come since.</summary>
        public void Resume(IEnumerable<Job> jobs)
        {
            foreach (var job in jobs.Where(job => !job.IsTerminal && filter.Has(job)))
            {
                Note(job);
                _told[job.Id] = (double.NaN, "", "");
            }
        }

        /// <summary>What a caller was told of is told to its end, also when the filter would not find it any more: nobody is left believing that it runs.</summary>
        public bool Shows(Job job)
        {
            if (!filter.Has(job) && !_open.Contains(job.Id))
            {
                return false;
            }

            Note(job);
            return true;
        }

        /// <summary>Null: none of this caller's.</summary>
        public V1.JobEvent? Event(JobEvent happened, bool activities, WaitingReasons reasons)
        {
            if (happened.Job is { } job)
            {
                return Shows(job) ? Wire(happened, V1.JobEventKind.State, ClientMapper.Job(job, reasons.Explain(job))) : null;
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
            if (!job.IsTerminal)
            {
                _open.Add(job.Id);
            }
            else
            {
                _open.Remove(job.Id);
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
