"""Runs handlers within the slots. It outlives sessions: with the extension resume, work goes on while the stream is gone."""
from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from ._attempt import ProposalSink, RunningAttempt, Told, cut
from ._calls import HandlerLoop
from ._completions import CompletionBox
from ._figures import WorkerFigures
from ._results import completed, ended, fault_text
from ._short_calls import ShortCalls
from ._spans import span
from .cancellation import Cancellation
from .contexts import Clock, DetectionContext, JobContext, SystemClock
from .handlers import Handler
from .options import WorkerOptions
from .outcomes import CANCELED_TEXT, JobCanceled, JobOutcome
from .wire import plugin_pb2 as wire

if TYPE_CHECKING:
    from ._session import Session

AT_CAPACITY = "executor is at capacity"
LONGEST_TIMER = 24 * 86_400
"""Seconds. Longer timeouts are no timeouts: nothing may overflow."""
MOST_WAITING_DETECTIONS = 1000
"""Beyond the slots. An admin has one of each job type at a time: more of them are a fault, which must not fill the memory."""


class WorkRunner:
    """Belongs to the core loop, except for what says otherwise."""

    def __init__(self, handlers: Mapping[str, Handler], options: WorkerOptions, worker_id: str, loop: HandlerLoop, figures: WorkerFigures) -> None:
        self._handlers = handlers
        self._options = options
        self._worker_id = worker_id
        self.loop = loop
        self._figures = figures
        self._clock: Clock = SystemClock()
        self._running: Dict[str, RunningAttempt] = {}
        self.running: Tuple[RunningAttempt, ...] = ()
        """A copy that any thread may read."""
        self.completions = CompletionBox()
        self.drained = False
        """The admin asked for no new work."""
        self.ending = False
        """The session is about to end."""
        self.detecting = 0
        self.executing = 0
        self._detection_slots = asyncio.Semaphore(options.detection_slots)
        self._stopping = Cancellation()
        self._session: Optional[Session] = None
        self._turn = Cancellation()
        self._keeps_results = False
        self.short = ShortCalls(handlers, options, loop)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def draining(self) -> bool:
        """New work is given back."""
        return self.drained or self.ending

    def attach(self, session: Session) -> None:
        """Work of former sessions goes on under this one when the admin keeps leases; else it was for nothing."""
        for attempt in self._running.values():
            attempt.rewind()
        if "resume" not in session.extensions:
            self.cancel_all(keep_idempotent=True, late=True, but=session)
        self._keeps_results = session.acknowledges
        self.answer_to(session)
        for kept, late in self.completions.all():
            if late is not None:
                late.rewind()
                late.is_told = True
            self._send_result(kept, late, session)

    def answer_to(self, session: Optional[Session]) -> None:
        """What ends from here on is told to this session, or waits for the next one."""
        self._session = session
        turn, self._turn = self._turn, Cancellation()
        turn.set()

    def detach(self, session: Session) -> None:
        if self._session is session:
            self.answer_to(None)
            for attempt in self._running.values():
                attempt.rewind()  # Now, not later: what may not have arrived must not be overwritten meanwhile.

    def announce_stop(self) -> None:
        """Handlers that run now are told that the worker is about to stop."""
        stopping, self._stopping = self._stopping, Cancellation()
        stopping.set()

    def cancel_all(self, keep_idempotent: bool = False, late: bool = False, but: Optional[Session] = None) -> None:
        """``late``: the leases are lost, also of work that goes on: what comes of it is told late. ``but``: what this session brought stays as it is."""
        for attempt in list(self._running.values()):
            if attempt.origin is but:
                continue
            attempt.is_late |= late
            if not (keep_idempotent and self._options.keep_work and attempt.idempotent):
                attempt.canceled.set()

    async def idle(self, timeout: Optional[float]) -> bool:
        """True when no handler runs any more within the time."""
        waiting = [attempt.ended for attempt in self._running.values()]
        return not waiting or not (await asyncio.wait(waiting, timeout=timeout))[1]

    def execute(self, request: wire.ExecuteJobRequest, session: Session) -> None:
        job = request.job if request.HasField("job") else None
        handler = self._handlers.get(job.job_type.lower()) if job is not None else None
        if job is None or handler is None or handler.execute is None:
            session.acknowledge(request.request_id, True, "execute request accepted")
            text = "execute job is nil" if job is None else f"job type {job.job_type} is not executed by this worker"
            session.send(completed(request, JobOutcome.failed(text, permanent=True)))
            return
        if request.request_id in self._running:
            session.acknowledge(request.request_id, True, "execute request accepted")
            return  # The same attempt again: it runs.
        twins = [one for one in self._running.values() if not one.is_detection and one.work_id == job.job_id]
        if self.draining or (not twins and self.executing >= self._options.execution_slots):
            self._refuse(request, session)
            return
        self.executing += 1
        attempt = self._attempt(request.request_id, job.job_id, handler, False, session)
        session.acknowledge(request.request_id, True, "execute request accepted")
        session.work_changed()
        seconds = request.admin_runtime.execution_timeout_seconds if session.is_ours else 0
        limit = float(seconds) if 0 < seconds < LONGEST_TIMER else None
        # Started here and now, so that what the admin asks next comes after it.
        begun = None if twins else self._launch(handler, request, attempt, limit)
        self.own(self._run_job(handler, request, attempt, twins, limit, begun))

    def detect(self, request: wire.RunDetectionRequest, session: Session) -> None:
        handler = self._handlers.get(request.job_type.lower())
        known = sum(1 for one in self._running.values() if one.is_detection)
        session.acknowledge(request.request_id, True, "detection request accepted")
        if handler is None or handler.detect is None:
            session.send(ended(request, 0, f"job type {request.job_type} is not detected by this worker"))
        elif request.request_id in self._running:
            pass  # The same detection again: it runs.
        elif self.draining:
            session.send(ended(request, 0, "the worker takes no new work"))
        elif known >= self._options.detection_slots + MOST_WAITING_DETECTIONS:
            session.send(ended(request, 0, "too many detections wait"))
        else:
            attempt = self._attempt(request.request_id, request.request_id, handler, True, session)
            attempt.proposals = ProposalSink(
                request, not session.is_ours, self._send_proposals, attempt.canceled, self.loop.is_current,
                lambda why: attempt.activity(why, "detection", {}))
            session.work_changed()
            self.own(self._run_detection(handler, request, attempt))

    def cancel(self, request: wire.CancelRequest, envelope_id: str, session: Session) -> None:
        if not request.target_id:
            session.acknowledge(envelope_id, False, "cancel target is required")
            return
        targets = [self._running[request.target_id]] if request.target_id in self._running else [
            one for one in self._running.values() if not one.is_detection and one.work_id == request.target_id]
        if not targets:
            session.acknowledge(envelope_id, False, "cancel target not found")
            return
        session.acknowledge(envelope_id, True, "cancel request accepted")
        for target in targets:
            target.is_forced |= request.force
            target.canceled.set()

    def _attempt(self, request_id: str, work_id: str, handler: Handler, is_detection: bool, session: Session) -> RunningAttempt:
        attempt = RunningAttempt(
            request_id, work_id, handler.job_type, is_detection, session.takes_output and not is_detection, self._wake, self.loop.is_current,
            asyncio.get_running_loop().create_future())
        attempt.idempotent = handler.idempotent
        attempt.origin = session
        self._running[request_id] = attempt
        self.running = tuple(self._running.values())
        return attempt

    def _wake(self) -> None:
        session = self._session
        if session is not None:
            session.outbox.wake()

    def _send_proposals(self, message: wire.WorkerToAdminMessage, told: Told) -> Optional[Cancellation]:
        """From any thread. While the stream is away, the next one has to be waited for."""
        turn, session = self._turn, self._session
        return turn if session is None or session.outbox.is_over else session.outbox.put_patient(message, told)

    def _refuse(self, request: wire.ExecuteJobRequest, session: Session) -> None:
        if session.is_ours:
            session.acknowledge(request.request_id, False, AT_CAPACITY)
        else:
            session.send(completed(request, JobOutcome.failed(AT_CAPACITY)))

    def own(self, work: Any) -> None:
        """Keeps the task from being collected, and its fault from being lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def over(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            if not done.cancelled() and done.exception() is not None:
                self._options.logger.error("running a handler failed: %s", done.exception(), exc_info=done.exception())

        task.add_done_callback(over)

    async def _run_job(
        self, handler: Handler, request: wire.ExecuteJobRequest, attempt: RunningAttempt, twins: List[RunningAttempt], limit: Optional[float],
        begun: Optional[asyncio.Future[JobOutcome]],
    ) -> None:
        # A foreign admin retries without waiting; two attempts of one job never overlap here.
        for twin in twins:
            twin.canceled.set()
        if twins:
            gone = asyncio.ensure_future(attempt.canceled.wait_async())
            former = asyncio.ensure_future(asyncio.wait([twin.ended for twin in twins]))
            await asyncio.wait({former, gone}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            former.cancel()
        if begun is None and not attempt.canceled.is_set():
            begun = self._launch(handler, request, attempt, limit)
        running: asyncio.Future[JobOutcome] = asyncio.ensure_future(_canceled() if begun is None else self._outcome(begun, attempt))
        done = await self._last_word(running, request, attempt, limit)
        told = not running.done()
        try:
            if told:
                # It ignores the cancel: the admin hears of the timeout now, the slot is free when the handler is done.
                self._deliver(done, attempt)
                await running
        finally:
            # The slot first: the admin may send the next job as soon as it has read the result.
            self.executing -= 1
            try:
                if not told:
                    self._deliver(done, attempt)
            finally:
                self._end(attempt)

    async def _last_word(
        self, running: asyncio.Future[JobOutcome], request: wire.ExecuteJobRequest, attempt: RunningAttempt, limit: Optional[float],
    ) -> wire.WorkerToAdminMessage:
        """Whatever the handler made of its outcome: an attempt without a last word would keep its slot for good."""
        try:
            return completed(request, await self._in_time(running, attempt, limit))
        except Exception as error:
            self._options.logger.error("the outcome of %s cannot be sent: %s", attempt, error, exc_info=error)
            return completed(request, JobOutcome.failed(f"the outcome of the handler cannot be sent: {fault_text(error)}", permanent=True))

    async def _in_time(self, running: asyncio.Future[JobOutcome], attempt: RunningAttempt, limit: Optional[float]) -> JobOutcome:
        """Within the timeout that our admin gives this attempt. A foreign one says by its cancel when the time is over."""
        await asyncio.wait({running}, timeout=limit)
        if running.done():
            return running.result()
        attempt.canceled.set()
        await asyncio.wait({running}, timeout=self._options.cancel_grace)
        if not running.done():
            return JobOutcome.failed("timeout")
        outcome = running.result()
        return outcome if outcome.success else JobOutcome.failed("timeout", outputs=outcome.outputs)

    def _launch(
        self, handler: Handler, request: wire.ExecuteJobRequest, attempt: RunningAttempt, limit: Optional[float],
    ) -> asyncio.Future[JobOutcome]:
        deadline = self._clock.now() + dt.timedelta(seconds=limit) if limit is not None else None
        ctx = JobContext(request, handler.descriptor, self._worker_id, attempt, attempt.canceled, self._stopping, self._clock, deadline)

        async def execute() -> JobOutcome:
            if handler.validate is not None:
                finding = await self._finding(handler, ctx, attempt)
                if finding:
                    return JobOutcome.failed(str(finding), permanent=True)
            assert handler.execute is not None
            return JobOutcome.of(await self.loop.call(handler.execute, ctx, canceled=attempt.canceled))

        async def work() -> JobOutcome:
            with span("execute", attempt.job_type, job_id=request.job.job_id, job_attempt=request.attempt, request_id=attempt.request_id) as tell:
                outcome = await execute()
                tell(outcome.success, outcome.text)
                return outcome

        return self.loop.start(work, str(attempt))

    async def _finding(self, handler: Handler, ctx: JobContext, attempt: RunningAttempt) -> Any:
        limit = self._options.request_timeout
        asked = asyncio.ensure_future(self.loop.call(handler.validate, ctx, canceled=attempt.canceled))  # type: ignore[arg-type]
        if not (await asyncio.wait({asked}, timeout=limit))[0]:
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            asked.cancel()
            raise TimeoutError(f"validate takes longer than {limit:g} s")
        return asked.result()

    async def _outcome(self, begun: asyncio.Future[JobOutcome], attempt: RunningAttempt) -> JobOutcome:
        try:
            outcome = await begun
        except JobCanceled:
            outcome = JobOutcome.canceled() if attempt.canceled.is_set() else JobOutcome.failed("JobCanceled: raised although nobody cancelled")
        except Exception as error:
            self._options.logger.warning("the handler of %s failed: %s", attempt, cut(str(error), 500), exc_info=error)
            outcome = JobOutcome.failed(fault_text(error))
        ending = "succeeded" if outcome.success else "canceled" if attempt.canceled.is_set() else "failed"
        self._figures.attempt_ended(attempt.job_type, ending)
        return JobOutcome.canceled(outcome.text, outcome.outputs) if not outcome.success and attempt.canceled.is_set() else outcome

    async def _run_detection(self, handler: Handler, request: wire.RunDetectionRequest, attempt: RunningAttempt) -> None:
        error = ""
        slot = asyncio.ensure_future(self._detection_slots.acquire())
        gone = asyncio.ensure_future(attempt.canceled.wait_async())
        await asyncio.wait({slot, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if slot.done():
            self.detecting += 1
            self._changed()
            try:
                error = await self._detect(handler, request, attempt)
            finally:
                self.detecting -= 1
                self._detection_slots.release()
        else:
            slot.cancel()
            error = CANCELED_TEXT
        if attempt.canceled.is_set() and error and not error.startswith(CANCELED_TEXT):
            error = f"{CANCELED_TEXT}: {error}"
        assert attempt.proposals is not None
        self._figures.proposed(attempt.job_type, attempt.proposals.sent)
        await self._say(ended(request, attempt.proposals.sent, error), attempt)
        self._end(attempt)

    async def _say(self, last: wire.WorkerToAdminMessage, attempt: RunningAttempt) -> None:
        """The last word of a detection. While the stream is away it waits for the next one, as long as somebody waits for it."""
        loop = asyncio.get_running_loop()
        while True:
            turn, session = self._turn, self._session
            if session is not None:
                written: asyncio.Future[bool] = loop.create_future()

                def told(done: bool, written: asyncio.Future[bool] = written) -> None:
                    loop.call_soon_threadsafe(written.set_result, done)

                session.send(last, after=attempt, told=told)
                if await written:
                    return
            gone, next_turn = asyncio.ensure_future(attempt.canceled.wait_async()), asyncio.ensure_future(turn.wait_async())
            await asyncio.wait({gone, next_turn}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            next_turn.cancel()
            if attempt.canceled.is_set():
                return

    async def _detect(self, handler: Handler, request: wire.RunDetectionRequest, attempt: RunningAttempt) -> str:
        """The text of its failure, else nothing."""
        ctx = DetectionContext(request, handler.descriptor, self._worker_id, attempt, attempt.canceled, self._stopping, self._clock)
        sink = attempt.proposals

        async def work() -> None:
            assert handler.detect is not None and sink is not None
            with span("detect", attempt.job_type, request_id=attempt.request_id) as tell:
                await self.loop.propose_all(await self.loop.call(handler.detect, ctx, canceled=attempt.canceled), ctx)
                await sink.finish_async()
                tell(True, "")

        try:
            await self.loop.start(work, str(attempt))
            return CANCELED_TEXT if attempt.canceled.is_set() else ""
        except JobCanceled:
            return CANCELED_TEXT
        except Exception as error:
            self._options.logger.warning("the handler of %s failed: %s", attempt, cut(str(error), 500), exc_info=error)
            return fault_text(error)

    def _deliver(self, done: wire.WorkerToAdminMessage, attempt: RunningAttempt) -> None:
        session = self._session
        if attempt.is_forced:
            return
        if attempt.is_late:
            done.job_completed.result.output_values["late_report"].bool_value = True
        if attempt.canceled.is_set() and not done.job_completed.success and not self._keeps_results and (session is None or attempt.is_late):
            return  # It was cancelled because its stream was lost, and an admin that never acknowledges has given it up.
        self.completions.keep(done.job_completed, attempt)
        if session is not None:
            attempt.is_told = True
            self._send_result(done.job_completed, attempt, session)

    def _send_result(self, done: wire.JobCompleted, attempt: Optional[RunningAttempt], session: Session) -> None:
        """It is kept until the admin acknowledges it; when this one never does, until it is written."""
        loop, confirm = asyncio.get_running_loop(), self.completions.confirm

        def told(written: bool) -> None:
            if written:
                loop.call_soon_threadsafe(confirm, done.request_id)

        session.send(wire.WorkerToAdminMessage(job_completed=done), after=attempt, told=None if session.acknowledges else told)

    def _end(self, attempt: RunningAttempt) -> None:
        """After the last word of the attempt is queued: whoever waits for idleness may close the stream then."""
        self._running.pop(attempt.request_id, None)
        self.running = tuple(self._running.values())
        self._changed()
        attempt.ended.set_result(None)

    def _changed(self) -> None:
        if self._session is not None:
            self._session.work_changed()


async def _canceled() -> JobOutcome:
    return JobOutcome.canceled()
