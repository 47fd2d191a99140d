using BlazorPluginAdmin.Server.Core.Activities;
using BlazorPluginAdmin.Server.Core.Clusters;
using BlazorPluginAdmin.Server.Core.Detections;
using BlazorPluginAdmin.Server.Core.Dispatch;
using BlazorPluginAdmin.Server.Core.Jobs;
using BlazorPluginAdmin.Server.Core.Lanes;
using BlazorPluginAdmin.Server.Core.Links;
using BlazorPluginAdmin.Server.Core.Schedules;
using BlazorPluginAdmin.Server.Core.Sessions;
using BlazorPluginAdmin.Server.Core.Store;
using BlazorPluginAdmin.Server.Core.Views;
using BlazorPluginAdmin.Server.Core.Workers;
using Microsoft.Extensions.Logging;

namespace BlazorPluginAdmin.Server.Core.Engine;

/// <summary>
/// One writer: input → pure step → commit → publish → effects, round by round. Nothing is sent, answered or shown before
/// it is durable. All of it on one thread, which is whoever calls <see cref="Open"/> and <see cref="Round"/>.
/// </summary>
public sealed partial class AdminEngine : IDisposable
{
    private const int MostInputs = 256;

    // A round that takes longer than this lets pages and heartbeats wait; the rest of the inbox is for the next one.
    private static readonly TimeSpan LongRound = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ClockJump = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockLook = TimeSpan.FromMinutes(1);

    private readonly IAdminStore _store;
    private readonly IWorkerLink _link;
    private readonly ILaneLock _lock;
    private readonly AdminOptions _options;
    private readonly TimeProvider _time;
    private readonly IdSource _ids;
    private readonly ILogger _logger;
    private readonly long _origin;

    // Engine thread only.
    private readonly List<Letter> _held = [];
    private readonly Commits _commits;
    private DateTimeOffset _wallOrigin;

    // Set by any thread, taken by the engine's.
    private int _listensAnew;

    public AdminEngine(IAdminStore store, IWorkerLink link, ILaneLock laneLock, AdminOptions options, TimeProvider time, IdSource ids, ILogger<AdminEngine> logger)
    {
        _store = store;
        _commits = new Commits(store);
        _link = link;
        _lock = laneLock;
        _options = options;
        _time = time;
        _ids = ids;
        _logger = logger;
        _origin = time.GetTimestamp();
        Inbox = new Inbox();
        Journal = new JobJournal(time.GetUtcNow());
    }

    public Inbox Inbox { get; }

    public Feed<AdminState> States { get; } = new(AdminState.Empty);

    public JobJournal Journal { get; }

    private AdminState State => States.Current.Value;

    /// <summary>Loads what the last commit left and makes it a state that can go on. Throws when the store refuses.</summary>
    public void Open()
    {
        var stored = _store.Load();

        // Now only: how long reading takes is held against no worker that is to come back.
        var now = Now();
        _wallOrigin = now.Wall - now.Stamp;
        var turn = new Turn(AdminState.Empty, now, _ids, _options);
        Recovery.Apply(turn, stored);
        _store.Commit(WithCounters(turn, turn.CollectChanges()));
        States.Publish(turn.State);
    }

    /// <summary>Workers can reach the admin from now on. What the start took until then is held against none of them. Any thread.</summary>
    public void Listen()
    {
        Volatile.Write(ref _listensAnew, 1);
        Inbox.Ring();
    }

    /// <summary>One round, if there is anything to do. False: nothing was due and nothing had come.</summary>
    public bool Round()
    {
        var now = Now();
        if (_commits.RetryAt > now.Stamp)
        {
            RefuseCommands();
            return false;
        }

        TakeLetters();
        var dueBy = State.Agenda.IsEmpty ? TimeSpan.MaxValue : State.Agenda.Min.At;
        var storeWasClosed = _commits.RetryAt is not null;
        var jumped = (now.Wall - now.Stamp - _wallOrigin).Duration() > ClockJump;
        var listensAnew = Interlocked.Exchange(ref _listensAnew, 0) == 1 || storeWasClosed;
        if (_held.Count == 0 && dueBy > now.Stamp && !(_commits.FlushAt <= now.Stamp) && !_commits.IsPruneDue && !jumped && !listensAnew)
        {
            return false;
        }

        var turn = new Turn(State, now, _ids, _options);
        if (jumped)
        {
            NoteJump(turn);
        }

        if (_commits.IsPruneDue)
        {
            turn.Save(new Change.Pruned(State.RetentionOf(_options), now.Wall));
        }

        if (storeWasClosed)
        {
            // Something to write, so that "it works again" is known and not guessed.
            turn.Save(new Change.CounterSaved("store_probe", now.Wall.UtcTicks));
        }

        if (listensAnew)
        {
            SessionTransitions.ListenAgain(turn);
        }

        Step.Tick(turn);
        var replies = StepLetters(turn, out var stepped);
        LaneTransitions.Advance(turn);
        DetectionStarts.StartDue(turn);
        Dispatcher.Dispatch(turn);
        LockTransitions.Advance(turn);
        var changes = WithCounters(turn, turn.CollectChanges());
        if (_commits.Write(changes, now) is { } problem)
        {
            Suspend(now, problem, storeWasClosed);
            return true;
        }

        if (storeWasClosed)
        {
            turn.Report(StoreHealth.Good);
            LogStoreBack(_logger);
        }

        var settled = _held[..stepped];
        _held.RemoveRange(0, stepped);
        States.Publish(turn.State);
        Journal.Append(changes, now.Wall);
        Perform(turn);
        foreach (var (answer, reply) in replies)
        {
            answer(reply);
        }

        foreach (var letter in settled)
        {
            letter.Settled?.Invoke();
        }

        return true;
    }

    /// <summary>When the next round must happen by itself; null when only an input can cause one.</summary>
    public TimeSpan? UntilNextRound()
    {
        var now = Now();
        if (_commits.RetryAt is { } retry)
        {
            return Positive(retry - now.Stamp);
        }

        if (_held.Count > 0 || _commits.IsPruneDue)
        {
            return TimeSpan.Zero;
        }

        // Nobody says when the wall clock is set, and dates that people wrote follow it: it is looked at while anything waits.
        TimeSpan? next = State.Agenda.IsEmpty ? null : Earlier(State.Agenda.Min.At, now.Stamp + ClockLook);
        if (_commits.FlushAt is { } flush)
        {
            next = Earlier(flush, next);
        }

        return next is { } at ? Positive(at - now.Stamp) : null;
    }

    /// <summary>Writes what was put off. The last act before the store is closed.</summary>
    public void Flush() => _commits.Flush();

    public void Dispose() => Inbox.Dispose();

    private static TimeSpan Earlier(TimeSpan one, TimeSpan? other) => one > other ? other.Value : one;

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    /// <summary>The instant as every step sees it.</summary>
    public Now Now() => new(_time.GetUtcNow(), _time.GetElapsedTime(_origin));

    private void TakeLetters()
    {
        while (_held.Count < MostInputs && Inbox.TryTake(out var letter))
        {
            _held.Add(letter);
        }
    }

    private List<(Action<object> Answer, object Reply)> StepLetters(Turn turn, out int stepped)
    {
        var replies = new List<(Action<object>, object)>();
        var started = _time.GetTimestamp();
        stepped = 0;
        while (stepped < _held.Count)
        {
            var letter = _held[stepped++];
            var mark = turn.Here;
            try
            {
                if (Step.Apply(turn, letter.Input) is { } reply && letter.Answer is { } answer)
                {
                    replies.Add((answer, reply));
                }
            }
            catch (Exception exception)
            {
                // A step that throws has changed nothing: its input is refused, the stream it came from is closed.
                turn.BackTo(mark);
                var error = _ids.Request("error", turn.Now).Value;
                LogStepFailed(_logger, exception, letter.Input.GetType().Name, error);
                if (letter.Input is WorkerInput worker)
                {
                    turn.Close(worker.Session, SessionEndCode.Refused, $"internal error {error}");
                }

                letter.Answer?.Invoke(new Refusal(RefusalCode.Unavailable, $"internal error {error}; the log has the details"));
            }

            if ((stepped & 7) == 0 && _time.GetElapsedTime(started) > LongRound)
            {
                break;
            }
        }

        return replies;
    }

    /// <summary>The state stays, the inputs are stepped again later, commands are refused meanwhile.</summary>
    private void Suspend(Now now, string problem, bool wasClosed)
    {
        if (!wasClosed)
        {
            LogStoreUnavailable(_logger, problem);
            States.Publish(State with { Store = new StoreHealth(false, problem, now.Wall) });
        }

        RefuseCommands();
    }

    /// <summary>Reports of workers wait for the store, whatever waits behind them; people get an answer.</summary>
    private void RefuseCommands()
    {
        var refusal = Admin.StoreUnavailable(State.Store);
        foreach (var letter in _held.Where(letter => letter.Answer is not null))
        {
            letter.Answer!(refusal);
        }

        _held.RemoveAll(letter => letter.Answer is not null);
        while (Inbox.TryTakeCommand(out var letter))
        {
            letter.Answer!(refusal);
        }
    }

    private void Perform(Turn turn)
    {
        foreach (var effect in turn.Effects)
        {
            switch (effect)
            {
                case Effect.Send send:
                    if (!_link.TrySend(send.Session, send.Message))
                    {
                        _held.Add(new Letter(new WorkerInput.NotSent(send.Session, send.Message), null));
                    }

                    break;
                case Effect.Lock wanted:
                    _lock.Hold(wanted.Wanted);
                    break;
                case Effect.Close close:
                    _link.Close(close.Session, close.End);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(turn), effect.GetType().Name, "no port performs this effect");
            }
        }
    }

    private void NoteJump(Turn turn)
    {
        var jump = turn.Now.Wall - turn.Now.Stamp - _wallOrigin;
        _wallOrigin = turn.Now.Wall - turn.Now.Stamp;
        ScheduleTransitions.ClockJumped(turn, jump);
        turn.Rearm();
        turn.Log(new Activity
        {
            Sequence = 0,
            At = default,
            Source = "admin",
            Stage = "clock_jump",
            Message = $"the clock of this machine jumped by {jump.TotalSeconds:+0;-0} s",
            Severity = ActivitySeverity.Warning,
        });
    }

    private static List<Change> WithCounters(Turn turn, List<Change> changes)
    {
        if (changes.Exists(change => change is Change.ActivityAdded))
        {
            changes.Add(new Change.CounterSaved(Counters.LastActivity, turn.State.LastActivity, Urgent: false));
        }

        return changes;
    }

    [LoggerMessage(1, LogLevel.Error, "The step of a {Input} failed; error {Error}")]
    private static partial void LogStepFailed(ILogger logger, Exception exception, string input, string error);

    [LoggerMessage(2, LogLevel.Error, "The store takes no writes: {Problem}")]
    private static partial void LogStoreUnavailable(ILogger logger, string problem);

    [LoggerMessage(3, LogLevel.Information, "The store takes writes again")]
    private static partial void LogStoreBack(ILogger logger);
}
