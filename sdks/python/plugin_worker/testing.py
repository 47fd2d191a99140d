"""Runs handlers without an admin and without a network: for tests of handlers."""
from __future__ import annotations

import asyncio
import datetime as dt
import threading
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Tuple

from ._calls import found_by, propose_each, propose_each_async
from .cancellation import Cancellation
from .contexts import Clock, DetectionContext, JobContext
from .handlers import read_handler
from .outcomes import JobCanceled, JobOutcome, Proposal
from .values import Value, copy_to, to_timestamp
from .wire import plugin_pb2 as wire


class ManualClock:
    """A clock that stands still until it is turned. A handler that sleeps by its context turns it, so that tests never wait."""

    def __init__(self, start: Optional[dt.datetime] = None) -> None:
        self._now = start or dt.datetime(2030, 1, 1, tzinfo=dt.timezone.utc)
        self._timers: List[Tuple[dt.datetime, Callable[[], None]]] = []
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        """The instant it stands at."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Turns it."""
        self._advance(seconds, Cancellation())

    def after(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Calls once it was turned so far, on the thread that turns it; at once when that is no time at all. Returns what takes that back."""
        if seconds <= 0:
            call()
            return lambda: None
        with self._lock:
            timer = (self._now + dt.timedelta(seconds=seconds), call)
            self._timers.append(timer)

        def forget() -> None:
            with self._lock:
                self._timers = [other for other in self._timers if other is not timer]

        return forget

    def wait(self, seconds: float, canceled: Cancellation) -> bool:
        self._advance(seconds, canceled)
        return canceled.is_set()

    def _advance(self, seconds: float, canceled: Cancellation) -> None:
        """As far as it goes until it is cancelled: whoever sleeps wakes at that instant, not later."""
        left = dt.timedelta(seconds=max(0.0, seconds))
        while not canceled.is_set():
            with self._lock:
                timer = min(self._timers, key=lambda one: one[0], default=None)
                if timer is None or timer[0] > self._now + left:
                    self._now += left
                    return
                step = max(timer[0] - self._now, dt.timedelta())
                self._now, left = self._now + step, left - step
                self._timers.remove(timer)
            timer[1]()

    async def wait_async(self, seconds: float, canceled: Cancellation) -> bool:
        await asyncio.sleep(0)
        return self.wait(seconds, canceled)


class HandlerTestHost:
    """Calls a handler as a worker would, and keeps what it says.

    ``worker_config``, ``admin_config``: saved values. What a handler raises passes through, except that a cancelled attempt is an outcome.
    """

    def __init__(
        self, handler: Any, *, worker_config: Optional[Mapping[str, Value]] = None, admin_config: Optional[Mapping[str, Value]] = None,
        worker_id: str = "test-worker", clock: Optional[Clock] = None,
    ) -> None:
        self._handler = read_handler(handler)
        self._worker_id = worker_id
        self.worker_config: Dict[str, Value] = dict(worker_config or {})
        """Saved worker values of the next call."""
        self.admin_config: Dict[str, Value] = dict(admin_config or {})
        """Saved admin values of the next call."""
        self.clock: Clock = clock or ManualClock()
        self.canceled = Cancellation()
        """Set it, from another thread or from ``on_progress`` of a test, to see what the handler makes of it."""
        self.stopping = Cancellation()
        """Set it to tell the handler that its worker is about to stop."""
        self.proposals: List[Proposal] = []
        """What was proposed."""
        self.progress: List[Tuple[float, str, str]] = []
        """All progress as (percent, stage, message), not conflated."""
        self.metrics: Dict[str, Value] = {}
        """The newest value of each metric."""
        self.activities: List[str] = []
        """The texts of all activities."""
        self.stdout = b""
        self.stderr = b""

    @property
    def output(self) -> str:
        """What was written to stdout, as text."""
        return self.stdout.decode("utf-8", "replace")

    def detect(self, max_results: int = 0, *, sequence: int = 1, last_successful_run: Optional[dt.datetime] = None) -> List[Proposal]:
        """Runs a detection; returns what it proposed, at most ``max_results`` when that is not 0."""
        assert self._handler.detect is not None, f"{self._handler.job_type} does not detect"
        self.proposals = []
        request = wire.RunDetectionRequest(
            request_id="test-detection", job_type=self._handler.job_type, max_results=max_results, detection_sequence=sequence)
        self._configure(request)
        if last_successful_run is not None:
            request.last_successful_run.CopyFrom(to_timestamp(last_successful_run))
        ctx = DetectionContext(request, self._handler.descriptor, self._worker_id, _Reports(self, max_results), self.canceled, self.stopping, self.clock)
        found = found_by(self._call(self._handler.detect, ctx))
        if hasattr(found, "__aiter__"):
            asyncio.run(propose_each_async(found, ctx))
        else:
            propose_each(found, ctx)
        return self.proposals

    def execute(
        self, parameters: Optional[Mapping[str, Value]] = None, *, job_id: str = "test-job", attempt: int = 1, timeout: Optional[float] = None,
        labels: Optional[Mapping[str, str]] = None,
    ) -> JobOutcome:
        """Runs one attempt with these parameters, after ``validate`` when the handler has it. ``timeout``: seconds until its ``ctx.deadline``,
        when it is cancelled as by a worker; by the host's clock when that has ``after`` as a :class:`ManualClock`, else by the machine's."""
        assert self._handler.execute is not None, f"{self._handler.job_type} does not execute"
        request = wire.ExecuteJobRequest(
            request_id="test-attempt", attempt=attempt, job=wire.JobSpec(job_id=job_id, job_type=self._handler.job_type, labels=labels))
        copy_to(parameters or {}, request.job.parameters)
        self._configure(request)
        deadline = None if timeout is None else self.clock.now() + dt.timedelta(seconds=timeout)
        canceled, late = Cancellation(), threading.Event()  # Of this attempt: the next one has time of its own.

        def end() -> None:
            late.set()
            canceled.set()

        ctx = JobContext(request, self._handler.descriptor, self._worker_id, _Reports(self, 0), canceled, self.stopping, self.clock, deadline)
        forget = self.canceled.link(canceled.set), self._after(timeout, end)
        try:
            finding = self._call(self._handler.validate, ctx) if self._handler.validate is not None else None
            outcome = JobOutcome.failed(str(finding), permanent=True) if finding else JobOutcome.of(self._call(self._handler.execute, ctx))
        except JobCanceled:
            outcome = JobOutcome.canceled()
        finally:
            for one in forget:
                one()
        return JobOutcome.failed("timeout", outputs=outcome.outputs) if late.is_set() and not outcome.success else outcome

    def _after(self, timeout: Optional[float], call: Callable[[], None]) -> Callable[[], None]:
        if timeout is None:
            return lambda: None
        after = getattr(self.clock, "after", None)
        if after is not None:
            forget: Callable[[], None] = after(timeout, call)
            return forget
        timer = threading.Timer(timeout, call)
        timer.daemon = True
        timer.start()
        return timer.cancel

    def _configure(self, request: Any) -> None:
        copy_to(self.worker_config, request.worker_config_values)
        copy_to(self.admin_config, request.admin_config_values)

    def _call(self, function: Any, ctx: Any) -> Any:
        returned = function(ctx)
        return asyncio.run(_awaited(returned, ctx.canceled)) if isinstance(returned, Awaitable) else returned


async def _awaited(returned: Awaitable[Any], canceled: Cancellation) -> Any:
    """Cancelled once, as by a worker."""
    loop, task, awaits = asyncio.get_running_loop(), asyncio.current_task(), True

    def cancel() -> None:
        if awaits and task is not None:
            task.cancel()

    def ask() -> None:
        try:
            loop.call_soon_threadsafe(cancel)
        except RuntimeError:
            pass  # The loop is closed: nothing awaits any more.

    forget = canceled.link(ask)
    try:
        return await returned
    except asyncio.CancelledError:
        if canceled.is_set():
            raise JobCanceled("the work was cancelled") from None
        raise
    finally:
        awaits = False
        forget()


class _Reports:
    def __init__(self, host: HandlerTestHost, max_results: int) -> None:
        self._host = host
        self._most = max_results
        self._lock = threading.Lock()

    def progress(self, percent: float, stage: str, message: str, metrics: Mapping[str, Value]) -> None:
        with self._lock:
            self._host.progress.append((percent, stage, message))
            self._host.metrics.update(metrics)

    def output(self, stream: int, data: bytes) -> None:
        with self._lock:
            if stream == wire.LOG_STREAM_STDERR:
                self._host.stderr += data
            else:
                self._host.stdout += data

    async def output_async(self, stream: int, data: bytes) -> None:
        self.output(stream, data)

    def activity(self, message: str, stage: str, details: Mapping[str, Value]) -> None:
        with self._lock:
            self._host.activities.append(message)

    def propose(self, proposal: Proposal) -> bool:
        proposal.to_wire("test")  # What cannot be sent fails here as it would there.
        with self._lock:
            if not self._most or len(self._host.proposals) < self._most:
                self._host.proposals.append(proposal)
            return 0 < self._most <= len(self._host.proposals)

    async def propose_async(self, proposal: Proposal) -> bool:
        return self.propose(proposal)
