namespace BlazorPluginAdmin.WorkerSdk;

/// <summary>
/// Where a worker is in its life, and what its last session left: the state table behind start and stop. Each step is taken at once,
/// under one lock; nothing here waits. Whoever has to, waits for what a step gives back.
/// </summary>
/// <param name="workerId">For the snapshots.</param>
/// <param name="runner">Whose work outlives sessions.</param>
internal sealed class WorkerLife(string workerId, WorkRunner runner)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private WorkerState _state = WorkerState.Created;
    private Round? _round;
    private SessionSnapshot? _session;
    private int _generation;
    private bool _mayClaim;
    private bool _isLost;

    public WorkerState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>The current session, or the last one.</summary>
    public SessionSnapshot? Session
    {
        get
        {
            lock (_gate)
            {
                return _session;
            }
        }
    }

    /// <summary>What the last admin asked for; nothing while another one is being met.</summary>
    public SessionSnapshot? Told
    {
        get
        {
            lock (_gate)
            {
                return _state == WorkerState.Starting ? null : _session;
            }
        }
    }

    /// <summary>The round that has not ended; null: there is none.</summary>
    public Round? Current
    {
        get
        {
            lock (_gate)
            {
                return _state is WorkerState.Created or WorkerState.Stopped ? null : _round;
            }
        }
    }

    /// <summary>The next hello may list what runs.</summary>
    public bool MayClaim
    {
        get
        {
            lock (_gate)
            {
                return _mayClaim;
            }
        }
    }

    /// <summary>Work that the next session may claim, or results that the admin has yet to confirm. Nothing finds its way back to an admin that knows neither.</summary>
    public bool HoldsWork
    {
        get
        {
            lock (_gate)
            {
                return (_mayClaim && runner.Running.Count > 0) || (_session is { } last && last.Extensions.Contains("ack") && runner.Completions.Count > 0);
            }
        }
    }

    /// <summary>The last stream was lost, with work that the next session may claim or results for which the admin may be waiting.</summary>
    public bool IsCutOff
    {
        get
        {
            lock (_gate)
            {
                return _isLost && ((_mayClaim && runner.Running.Count > 0) || (_session!.Extensions.Contains("ack") && runner.Undelivered > 0));
            }
        }
    }

    /// <summary>Starting, in a new round; null while the former one ends.</summary>
    /// <exception cref="AlreadyStartedException">It is starting or running already.</exception>
    public Round? TryBegin(out Task ended)
    {
        lock (_gate)
        {
            ended = _round?.Ended.Task ?? Task.CompletedTask;
            if (_state is WorkerState.Starting or WorkerState.Running)
            {
                throw new AlreadyStartedException($"the worker is {_state}; it can be started when it is stopped");
            }

            if (_state == WorkerState.Stopping)
            {
                return null;
            }

            _state = WorkerState.Starting;
            return _round = new Round();
        }
    }

    /// <summary>The start under way has failed.</summary>
    /// <param name="isPermanent">The admin will not have this worker: there is no way back to it.</param>
    public void Failed(bool isPermanent)
    {
        lock (_gate)
        {
            _state = WorkerState.Stopped;
            _isLost &= !isPermanent;
        }
    }

    /// <summary>Running; null when the start was cancelled after the admin had accepted.</summary>
    public SessionSnapshot? Open(Round round, WorkerStream stream)
    {
        lock (_gate)
        {
            if (round.Starting.IsCancellationRequested)
            {
                return null;
            }

            _session = new SessionSnapshot(
                workerId, stream.InstanceId, ++_generation, stream.Address, stream.Extensions, stream.HeartbeatInterval, stream.ReconnectDelay, stream.AdminVersion);
            _mayClaim = stream.Resumes;
            _isLost = false;
            (round.Stream, round.Session) = (stream, _session);
            _state = WorkerState.Running;
            return _session;
        }
    }

    /// <summary>Whoever asks first drains the session; others join. From then on it is stopping.</summary>
    /// <param name="round">Whose.</param>
    /// <param name="mayClaim">When the stream is lost meanwhile, another session may still claim the work.</param>
    /// <param name="begin">Begins the drain.</param>
    public Task DrainAsync(Round round, bool mayClaim, Func<Task> begin)
    {
        lock (_gate)
        {
            if (_round == round && (_state is WorkerState.Running or WorkerState.Stopping))
            {
                _state = WorkerState.Stopping;
                _mayClaim &= mayClaim;
            }

            return round.Drain ??= begin();
        }
    }

    /// <summary>The drain of the session, if anybody has asked for one.</summary>
    public Task DrainedAsync(Round round)
    {
        lock (_gate)
        {
            return round.Drain ?? Task.CompletedTask;
        }
    }

    /// <summary>The session is over, its state not yet. True: its leases live on for a while.</summary>
    public bool Lose(SessionEnd end)
    {
        lock (_gate)
        {
            _mayClaim &= end.IsLoss;
            _isLost = end.IsLoss;
            return _mayClaim;
        }
    }

    /// <summary>The session is over and reset.</summary>
    public void Stopped()
    {
        lock (_gate)
        {
            _state = WorkerState.Stopped;
        }
    }

    /// <summary>Completes when it is known what becomes of the start under way, if there is one.</summary>
    public Task DecidedAsync()
    {
        lock (_gate)
        {
            return _state == WorkerState.Starting ? _round!.Decided.Task : Task.CompletedTask;
        }
    }

    /// <summary>The leases of that session have run out. False: there is a later one, which has claimed what there was.</summary>
    public bool RunOut(int generation)
    {
        lock (_gate)
        {
            var isLast = _generation == generation;
            _mayClaim &= !isLast;
            return isLast;
        }
    }

    /// <summary>Work that goes on without a session, for a stream that might have come back, ends too.</summary>
    public void GiveUpWork()
    {
        lock (_gate)
        {
            if (_state == WorkerState.Stopped)
            {
                _mayClaim = false;
                runner.LoseAll(keep: false);
            }
        }
    }
}
