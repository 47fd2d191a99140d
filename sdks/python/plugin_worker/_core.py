"""The life of a worker: states, sessions, who waits for what. All of it happens on the core loop, so nothing here needs a lock."""
from __future__ import annotations

import asyncio
import inspect
import math
import weakref
from dataclasses import dataclass
from typing import Any, Callable, Coroutine, Optional, Sequence, Tuple, TypeVar

from ._calls import HANDLING, INSIDE, HandlerLoop
from ._dialler import Dialler
from ._drain import drain_session
from ._figures import WorkerFigures
from ._loops import core_loop, in_thread
from ._meanings import Close
from ._runner import WorkRunner
from ._session import HEARTBEAT, RECONNECT, Session
from .cancellation import Cancellation
from .options import WorkerOptions, check, find_worker_id
from .sessions import (
    AlreadyStarted, CloseReason, RunCanceled, RunResult, SessionSnapshot, StartCanceled, StartTimeout, WorkerState)

T = TypeVar("T")


@dataclass
class _Round:
    """One successful start: its session, its end, and that everybody was told of it."""

    session: Session
    snapshot: SessionSnapshot
    ended: asyncio.Future[RunResult]
    told: asyncio.Future[None]
    began: float
    """By the loop's clock; the dial before it does not count as service."""


def left(end: Optional[float]) -> Optional[float]:
    """Seconds until then, by the loop's clock; ``None`` for ever."""
    return None if end is None else max(0.0, end - asyncio.get_running_loop().time())


class WorkerCore:
    """Everything of a worker but its face. Coroutines run on the core loop, see :meth:`submit`; properties may be read anywhere."""

    def __init__(self, options: WorkerOptions, handlers: Sequence[Any]) -> None:
        self.options = options
        self.worker_id = find_worker_id(options)
        self.handlers = check(options, handlers, self.worker_id)
        self.state = WorkerState.CREATED
        self.snapshot: Optional[SessionSnapshot] = None
        self.heartbeat_interval = HEARTBEAT
        self.reconnect_delay = RECONNECT
        self.admin_version = "unknown"
        self.on_close = options.on_close
        self.on_close_loop: Optional[asyncio.AbstractEventLoop] = None
        self._core = core_loop()
        self._key = id(self)
        self._calls = HandlerLoop(self._key, options.logger)
        self._runner: Optional[WorkRunner] = None
        self.figures = WorkerFigures(self.worker_id, self._used, lambda: self._runner.completions.count if self._runner is not None else 0)
        self._round: Optional[_Round] = None
        self._begun: Optional[asyncio.Future[None]] = None
        self._dialing: Optional[asyncio.Task[Session]] = None
        self._given_up = False
        self._generation = 0
        self._may_claim = False
        self._dialler: Optional[Dialler] = None
        self.stops = 0
        """Calls of stop so far."""
        self.forever: Optional[asyncio.Future[None]] = None
        """Done when the run_forever under way has ended, which after a stop still brings home what a lost stream left."""
        self.home_by = math.inf
        """By the loop's clock; what is not home by then is given up."""
        self.pausing: Optional[asyncio.Future[None]] = None
        """What the pause between two sessions waits for."""
        self._aborting: Optional[asyncio.Event] = None
        # Whoever drops a worker without closing it must not keep its thread.
        weakref.finalize(self, self._core.call, self._calls.end)

    @property
    def is_inside(self) -> bool:
        """Called from a handler or from on_close of this worker, which must not wait for itself."""
        return self._key in INSIDE.get()

    def refuse_start_inside(self) -> None:
        """Raises ``AlreadyStarted`` in a handler, whatever became of its session, and in an on_close whose worker was started again."""
        if self._key in HANDLING.get() or (self.is_inside and self.state in (WorkerState.STARTING, WorkerState.RUNNING, WorkerState.STOPPING)):
            raise AlreadyStarted(f"the worker is {self.state.value}; it cannot be started from inside its own work")

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Any:
        """Runs a coroutine of this object on the core loop; a ``concurrent.futures.Future``."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._core.loop)

    async def start(self, timeout: Optional[float] = None, cancel: Optional[Cancellation] = None, *, ending: bool = False) -> _Round:
        """Dials and registers. ``ending``: for no new work. Raises a ``StartFailure`` or ``AlreadyStarted``."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        while self.state is WorkerState.STOPPING and self._round is not None and not (cancel is not None and cancel.is_set()):
            await self.either(self._round.ended, cancel, left(end))
            if not self._round.ended.done() and left(end) == 0:
                raise StartTimeout(f"not started within {timeout:g} s: the former session has not ended")
        if cancel is not None and cancel.is_set():
            raise StartCanceled("the start was cancelled")
        if self.state in (WorkerState.STARTING, WorkerState.RUNNING, WorkerState.STOPPING):
            raise AlreadyStarted(f"the worker is {self.state.value}; it can be started when it is stopped")
        self.state = WorkerState.STARTING
        if self._runner is not None:
            self._runner.ending = ending
        self.heartbeat_interval, self.reconnect_delay, self.admin_version = HEARTBEAT, RECONNECT, "unknown"
        self._given_up = False
        self._begun = loop.create_future()
        self._dialing = loop.create_task(self._dial())
        try:
            await self.either(self._dialing, cancel, left(end))
            self._given_up |= cancel is not None and cancel.is_set()
            in_time = self._dialing.done()
            if not in_time:
                self._dialing.cancel()
                await asyncio.wait({self._dialing})
            session = await self._dialed(self._dialing, in_time, timeout)
            return self._open(session)
        except asyncio.CancelledError:
            self._given_up = True
            self._dialing.cancel()
            await asyncio.wait({self._dialing})
            if not self._dialing.cancelled() and self._dialing.exception() is None:
                await self._dialing.result().abandon()
            raise
        finally:
            if self.state is WorkerState.STARTING:
                self.state = WorkerState.STOPPED
                if self.snapshot is not None:
                    # What the last admin asked for holds until another one is met.
                    self._take_over(self.snapshot)
            self._dialing = None
            self._begun.set_result(None)

    async def stop(self, drain: bool = True, grace: float = 30.0, inside: bool = False) -> None:
        """Ends the session, or a start under way, and a run_forever. Returns after on_close, except inside of it or of a handler."""
        await self.end(drain, grace, inside)
        if self.forever is not None and not inside:
            await asyncio.wait({self.forever})

    async def end(self, drain: bool = True, grace: float = 30.0, inside: bool = False) -> None:
        """A stop that does not wait for the run_forever, which may be the one who calls."""
        self.stops += 1
        self.home_by = min(self.home_by, asyncio.get_running_loop().time() + (grace if drain else 0.0))
        keeps_work = drain and self.forever is not None
        if self.pausing is not None and not self.pausing.done():
            self.pausing.set_result(None)
        if self.state is WorkerState.STARTING and self._begun is not None:
            self._given_up = True
            if self._dialing is not None:
                self._dialing.cancel()
            if not inside:
                await asyncio.wait({self._begun})
        if self.state in (WorkerState.STARTING, WorkerState.STOPPED):
            if not keeps_work:
                await self.give_work_up(inside)
            return
        now = self._round
        if now is None:
            return
        if self.state is WorkerState.RUNNING:
            self.state = WorkerState.STOPPING
            self._may_claim = self._may_claim and keeps_work
            now.session.stopping()
            self._aborting = asyncio.Event()
            ending = asyncio.get_running_loop().create_task(self._stop(now, drain, grace))
            if inside:
                return
            await asyncio.wait({ending})
        elif self.state is WorkerState.STOPPING and not drain and self._aborting is not None:
            self._may_claim = False
            self._aborting.set()
        if not inside:
            await asyncio.wait({now.told})

    async def go_home(self) -> None:
        """One more session, only for what the lost one left. Raises a ``StartFailure`` or ``AlreadyStarted``."""
        if self._runner is not None:
            self._runner.announce_stop()
        await self.start(left(self.home_by), ending=True)
        await self.end(grace=left(self.home_by) or 0.0)

    async def give_work_up(self, inside: bool = False) -> None:
        """Work that goes on without a session, for a stream that might have come back, ends too."""
        self._may_claim = False
        if self._runner is not None:
            self._runner.cancel_all(late=True)
            if not inside:
                await self._runner.idle(self.options.cancel_grace)

    async def wait(self) -> Optional[RunResult]:
        """The end of the session that is current now; nothing when there is none, or the start under way fails."""
        if self.state is WorkerState.STARTING and self._begun is not None:
            former = self._round
            await asyncio.wait({self._begun})
            if self._round is former:
                return None
        elif self.state not in (WorkerState.RUNNING, WorkerState.STOPPING):
            return None
        now = self._round
        return await asyncio.shield(now.ended) if now is not None else None

    async def run(self, cancel: Optional[Cancellation] = None) -> RunResult:
        """Start and wait. A set ``cancel``, or the cancellation of this coroutine, drains, stops, and raises."""
        try:
            now = await self.start(cancel=cancel)
        except StartCanceled as failure:
            if cancel is not None and cancel.is_set():
                await self.end()
                raise RunCanceled("the worker was stopped while it started") from failure
            raise
        try:
            await self.either(now.ended, cancel)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.get_running_loop().create_task(self.end()))
            raise
        if not now.ended.done():
            await self.end()
            raise RunCanceled("the worker was stopped because its run was cancelled")
        return now.ended.result()

    async def close(self) -> None:
        """Stops at once, ends the worker's loop."""
        # What goes on without a session is waited for below, and not as long.
        await self.stop(drain=False, inside=self.state is WorkerState.STOPPED)
        if self._runner is not None:
            self._runner.cancel_all()
            if not await self._runner.idle(1.0):
                self._runner.own(self._close_later(self._runner))
                return
        self._calls.end()

    async def _close_later(self, runner: WorkRunner) -> None:
        """A handler that takes no notice of its cancel needs the loop to come to its end."""
        await runner.idle(None)
        if self.state in (WorkerState.CREATED, WorkerState.STOPPED):
            self._calls.end()

    # Starting.

    async def _dial(self) -> Session:
        if self._runner is None:
            self._runner = WorkRunner(self.handlers, self.options, self.worker_id, self._calls, self.figures)
            self._dialler = Dialler(self.options, self._runner, self.handlers, self.worker_id)
        assert self._dialler is not None
        return await self._dialler.dial(self._may_claim)

    async def _dialed(self, dialing: asyncio.Task[Session], in_time: bool, timeout: Optional[float]) -> Session:
        if dialing.cancelled():
            raise StartCanceled("the start was cancelled") if in_time or self._given_up else StartTimeout(f"not started within {timeout:g} s")
        session = dialing.result()
        if self._given_up or not in_time:
            await session.abandon()
            raise StartCanceled("the start was cancelled")
        return session

    def _open(self, session: Session) -> _Round:
        loop = asyncio.get_running_loop()
        self._generation += 1
        snapshot = SessionSnapshot(
            self.worker_id, session.instance_id, self._generation, session.address, session.extensions, session.heartbeat_interval,
            session.reconnect_delay, session.admin_version)
        self._may_claim = "resume" in session.extensions
        self._round = _Round(session, snapshot, loop.create_future(), loop.create_future(), loop.time())
        self.snapshot = snapshot
        self._take_over(snapshot)
        self.state = WorkerState.RUNNING
        self.options.logger.info("worker %s is connected to %s", self.worker_id, session.address)
        self._ending = loop.create_task(self._end(self._round))
        return self._round

    def _take_over(self, told: SessionSnapshot) -> None:
        self.heartbeat_interval, self.reconnect_delay, self.admin_version = told.heartbeat_interval, told.reconnect_delay, told.admin_version

    # Ending.

    async def _stop(self, now: _Round, drain: bool, grace: float) -> None:
        assert self._runner is not None
        try:
            if drain and not now.session.closed.done():
                await drain_session(now.session, self._runner, self.options, grace, aborting=self._aborting, may_claim=lambda: self._may_claim)
            else:
                self._runner.cancel_all()
                await self._runner.idle(1.0)
        finally:
            now.session.close(Close(CloseReason.STOP_REQUESTED, "stop requested"))

    async def _end(self, now: _Round) -> None:
        """What follows the end of a session, once: reset, then whoever waits is told. Nothing may keep the end from being told."""
        why = await asyncio.shield(now.session.closed)
        served = asyncio.get_running_loop().time() - now.began
        runner = self._runner
        assert runner is not None
        try:
            if why.reason is CloseReason.ADMIN_SHUTDOWN:
                self.state = WorkerState.STOPPING
                self._may_claim = False
                self._aborting = asyncio.Event()
                await drain_session(now.session, runner, self.options, now.session.shutdown_grace, whole=True, aborting=self._aborting)
            runner.detach(now.session)
            self._keep_or_cancel(why, now)
        except Exception as error:
            self.options.logger.error("closing a session failed: %s", error, exc_info=error)
        await now.session.dispose()
        runner.drained = runner.ending = False
        self.state = WorkerState.STOPPED
        self.figures.session_ended(why.reason)
        now.ended.set_result(RunResult(why.reason, why.text, now.snapshot, why.permanent, served))
        await self._tell(why.reason, now.snapshot)
        now.told.set_result(None)

    def _keep_or_cancel(self, why: Close, now: _Round) -> None:
        """With resume, work goes on for the window; whoever has not come back by then has lost the lease."""
        runner = self._runner
        assert runner is not None
        lost = why.reason in (CloseReason.CONNECTION_LOST, CloseReason.HEARTBEAT_TIMEOUT)
        self._may_claim = self._may_claim and now.session.was_lost
        if self._may_claim:
            own = runner.own
            asyncio.get_running_loop().call_later(self.options.resume_window, lambda: own(self._window_over(now.snapshot.generation)))
        else:
            runner.cancel_all(keep_idempotent=lost, late=True)

    async def _window_over(self, generation: int) -> None:
        """A start that is under way decides: the claim it has sent may have reached the admin in time."""
        if self.state is WorkerState.STARTING and self._begun is not None:
            await asyncio.wait({self._begun})
        if self._generation == generation and self.state is not WorkerState.RUNNING:
            self._may_claim = False
            if self._runner is not None:
                self._runner.cancel_all(late=True)

    async def _tell(self, reason: CloseReason, snapshot: SessionSnapshot) -> None:
        on_close = self.on_close
        if on_close is None:
            return
        try:
            returned = await in_thread(self._inside, on_close, reason, snapshot)
            if inspect.isawaitable(returned):
                loop = self.on_close_loop or self._calls.begin().loop
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._inside_async(returned), loop))
        except Exception as error:
            self.options.logger.error("on_close failed: %s: %s", type(error).__name__, error, exc_info=error)

    def _inside(self, function: Callable[..., Any], *arguments: Any) -> Any:
        INSIDE.set(INSIDE.get() | {self._key})
        return function(*arguments)

    async def _inside_async(self, awaited: Any) -> Any:
        INSIDE.set(INSIDE.get() | {self._key})
        HANDLING.set(frozenset())
        return await awaited

    # Waiting.

    def _used(self) -> Tuple[int, int]:
        return (self._runner.detecting, self._runner.executing) if self._runner is not None else (0, 0)

    @property
    def is_foreign(self) -> bool:
        """The last admin was not one of ours: it agreed to no extension."""
        return self.snapshot is not None and not self.snapshot.extensions

    @property
    def is_at_work(self) -> bool:
        """Work that the next session may claim runs, or results wait that the admin has yet to confirm. Nothing finds its way back to an
        admin that knows neither."""
        if self._runner is None or self.snapshot is None:
            return False
        return (self._may_claim and bool(self._runner.running)) or ("ack" in self.snapshot.extensions and bool(self._runner.completions.all()))

    @property
    def is_cut_off(self) -> bool:
        """At work, or with results, because the last stream was lost: one that ended in order has had its chance."""
        return self.is_at_work and self._round is not None and self._round.session.was_lost

    @property
    def held(self) -> Tuple[int, int]:
        """Results that are not confirmed, and attempts that run."""
        return (self._runner.completions.count, len(self._runner.running)) if self._runner is not None else (0, 0)

    async def either(self, future: asyncio.Future[Any], cancel: Optional[Cancellation], timeout: Optional[float] = None) -> None:
        """Waits for the future, the cancellation or the timeout, whichever comes first."""
        if cancel is None:
            await asyncio.wait({future}, timeout=timeout)
            return
        canceled = asyncio.ensure_future(cancel.wait_async())
        try:
            await asyncio.wait({future, canceled}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            canceled.cancel()
