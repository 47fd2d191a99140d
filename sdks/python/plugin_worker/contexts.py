"""What handlers see of their work."""
from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any, Dict, Mapping, Optional, Protocol, Union

from .cancellation import Cancellation
from .config import ConfigReader, Layer
from .outcomes import JobCanceled, Proposal
from .values import Value, from_map, from_timestamp
from .wire import plugin_pb2 as wire

STDOUT = wire.LOG_STREAM_STDOUT
STDERR = wire.LOG_STREAM_STDERR
_STREAMS = {"stdout": STDOUT, "stderr": STDERR}


class Clock(Protocol):
    """Where handlers get the time from, so that tests can turn it."""

    def now(self) -> dt.datetime:
        """This instant, with a zone."""

    def wait(self, seconds: float, canceled: Cancellation) -> bool:
        """Lets ``seconds`` pass, or less when ``canceled`` is set; true when it is."""

    async def wait_async(self, seconds: float, canceled: Cancellation) -> bool:
        """The same without blocking the loop."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.timezone.utc)

    def wait(self, seconds: float, canceled: Cancellation) -> bool:
        return canceled.wait(max(0.0, seconds))

    async def wait_async(self, seconds: float, canceled: Cancellation) -> bool:
        try:
            await asyncio.wait_for(canceled.wait_async(), max(0.0, seconds))
        except asyncio.TimeoutError:
            pass
        return canceled.is_set()


class Reports(Protocol):
    """Where an attempt's or detection's reports go."""

    def progress(self, percent: float, stage: str, message: str, metrics: Mapping[str, Value]) -> None: ...

    def output(self, stream: int, data: bytes) -> None: ...

    async def output_async(self, stream: int, data: bytes) -> None: ...

    def activity(self, message: str, stage: str, details: Mapping[str, Value]) -> None: ...

    def propose(self, proposal: Proposal) -> bool: ...

    async def propose_async(self, proposal: Proposal) -> bool: ...


class _Context:
    """What detections and attempts share."""

    worker_id: str
    """This worker's id, for keys and selectors."""
    canceled: Cancellation
    """A person cancelled it, its time is over, or its lease was lost: stop soon."""
    stopping: Cancellation
    """The worker is about to stop; what can be finished within seconds may be."""
    config: ConfigReader
    """Saved values over the descriptor's defaults; of a job, its parameters above both."""

    def __init__(self, worker_id: str, reports: Reports, canceled: Cancellation, stopping: Cancellation, clock: Clock) -> None:
        self.worker_id = worker_id
        self.canceled = canceled
        self.stopping = stopping
        self._reports = reports
        self._clock = clock

    def now(self) -> dt.datetime:
        """This instant, with a zone; a manual one in tests."""
        return self._clock.now()

    def raise_if_canceled(self) -> None:
        """Raises :class:`JobCanceled` when the work is to stop."""
        if self.canceled.is_set():
            raise JobCanceled("the work is to stop")

    def sleep(self, seconds: float) -> None:
        """Lets time pass; raises :class:`JobCanceled` as soon as the work is to stop. For ``def`` handlers."""
        if self._clock.wait(seconds, self.canceled):
            self.raise_if_canceled()

    async def sleep_async(self, seconds: float) -> None:
        """The same for ``async def`` handlers."""
        if await self._clock.wait_async(seconds, self.canceled):
            self.raise_if_canceled()

    def activity(self, message: str, stage: str = "", details: Optional[Mapping[str, Value]] = None) -> None:
        """A line on the timeline; the last 100 that were not sent yet are kept."""
        self._reports.activity(message, stage, details or {})

    def _saved(self, descriptor: wire.JobTypeDescriptor, worker_values: Layer, admin_values: Layer) -> ConfigReader:
        return ConfigReader(
            worker_values, admin_values, descriptor.worker_default_values, descriptor.worker_config_form.default_values,
            descriptor.admin_config_form.default_values, on_warning=lambda text: self._reports.activity(text, "config", {}))


class DetectionContext(_Context):
    """One detection as its handler sees it."""

    def __init__(
        self, request: wire.RunDetectionRequest, descriptor: wire.JobTypeDescriptor, worker_id: str, reports: Reports,
        canceled: Cancellation, stopping: Cancellation, clock: Clock,
    ) -> None:
        super().__init__(worker_id, reports, canceled, stopping, clock)
        self.request = request
        """The request as it came."""
        self.config = self._saved(descriptor, request.worker_config_values, request.admin_config_values)
        self.is_full = False
        """True when :attr:`max_results` proposals were made: looking on is of no use."""

    @property
    def job_type(self) -> str:
        return self.request.job_type

    @property
    def request_id(self) -> str:
        return self.request.request_id

    @property
    def runtime(self) -> wire.AdminRuntimeConfig:
        """Scheduling and limits as they are saved; empty when the admin sends none."""
        return self.request.admin_runtime

    @property
    def cluster(self) -> wire.ClusterContext:
        """What the admin knows of the cluster; empty when it knows nothing."""
        return self.request.cluster_context

    @property
    def sequence(self) -> int:
        """Grows with each detection."""
        return self.request.detection_sequence

    @property
    def max_results(self) -> int:
        """Most proposals that are wanted; 0 = no limit. The SDK sends no more than that."""
        return self.request.max_results

    @property
    def last_successful_run(self) -> Optional[dt.datetime]:
        """When the last job of this type succeeded."""
        return from_timestamp(self.request.last_successful_run) if self.request.HasField("last_successful_run") else None

    def propose(self, proposal: Proposal) -> None:
        """Proposes work. Waits while the admin is slow to take it, 5 s at most, and never on the worker's loop: there use :meth:`propose_async`.

        What is not taken by then is sent last; raises ``TimeoutError`` when more than 16 batches of 500 wait."""
        self.is_full = self._reports.propose(proposal)

    async def propose_async(self, proposal: Proposal) -> None:
        """The same for ``async def`` handlers: awaits."""
        self.is_full = await self._reports.propose_async(proposal)

    def report(self, stage: str, message: str = "") -> None:
        """Says what is going on; shown on the timeline."""
        self._reports.progress(0.0, stage, message, {})


class JobContext(_Context):
    """One attempt of a job as its handler sees it."""

    def __init__(
        self, request: wire.ExecuteJobRequest, descriptor: wire.JobTypeDescriptor, worker_id: str, reports: Reports,
        canceled: Cancellation, stopping: Cancellation, clock: Clock, deadline: Optional[dt.datetime],
    ) -> None:
        super().__init__(worker_id, reports, canceled, stopping, clock)
        self.request = request
        """The request as it came."""
        self.saved = self._saved(descriptor, request.worker_config_values, request.admin_config_values)
        """As :attr:`config` without the job's parameters: what only those may decide who may save the configuration."""
        self.config = self.saved.under(request.job.parameters)
        self.deadline = deadline
        """When the attempt is cancelled; ``None`` when only the admin decides that."""

    @property
    def job_id(self) -> str:
        """The same in every attempt."""
        return self.request.job.job_id

    @property
    def job_type(self) -> str:
        return self.request.job.job_type

    @property
    def request_id(self) -> str:
        """Of this attempt."""
        return self.request.request_id

    @property
    def attempt(self) -> int:
        """From 1."""
        return self.request.attempt

    @property
    def parameters(self) -> Dict[str, Any]:
        """The job's parameters as Python values, each of its own kind; :attr:`config` coerces and knows defaults."""
        return from_map(self.request.job.parameters)

    @property
    def labels(self) -> Dict[str, str]:
        """Labels of the job."""
        return dict(self.request.job.labels)

    def report(self, percent: float, stage: str = "", message: str = "", metrics: Optional[Mapping[str, Value]] = None) -> None:
        """How far it is, 0 to 100. Only the newest is sent, at most four times a second; the percentage never falls."""
        self._reports.progress(percent, stage, message, metrics or {})

    def output(self, stream: Union[str, int], data: bytes) -> None:
        """Output for people, kept with the attempt: ``"stdout"`` or ``"stderr"``, and bytes.

        Waits as at a full pipe while 256 KiB of a stream wait to be sent, at most 5 s while nobody takes any. On the worker's loop it
        never waits: of what comes faster than it is sent the beginning is lost, and shown as a gap; there use :meth:`output_async`.
        """
        self._reports.output(_stream(stream), bytes(data))

    async def output_async(self, stream: Union[str, int], data: bytes) -> None:
        """The same for ``async def`` handlers: awaits instead of losing anything."""
        await self._reports.output_async(_stream(stream), bytes(data))

    def write_line(self, line: str) -> None:
        """A line of output."""
        self._reports.output(STDOUT, (line + "\n").encode("utf-8", "replace"))


def _stream(stream: Union[str, int]) -> int:
    found = _STREAMS.get(stream) if isinstance(stream, str) else stream if stream in (STDOUT, STDERR) else None
    if found is None:
        raise ValueError(f"{stream!r} is no output; use 'stdout' or 'stderr'")
    return found
