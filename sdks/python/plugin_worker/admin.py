"""The submitting side: hands jobs to an admin and waits for their results."""
from __future__ import annotations

import datetime as dt
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Type, TypeVar

import grpc

from ._admins import Admin, Admins
from .addresses import address_problems
from .cancellation import Cancellation
from .options import WorkerOptions, token_problems
from .outcomes import CANCELED_TEXT
from .values import Value, copy_to, from_map, to_duration
from .wire import job_service_pb2 as v1
from .wire import plugin_pb2 as wire

CALL_TIMEOUT = 30.0
"""Seconds an admin has for its answer, unless the caller has less time than that."""
PAUSE = 0.25
"""Seconds between two attempts to find an admin that is away."""
LAST_LOOK = 1.0
"""Seconds it has at least: a job that has ended is found also by who does not want to wait."""
USUAL_DETECTION = 45.0
"""Seconds a detection may take when nobody says how long; as the admin has it."""

T = TypeVar("T")

_TERMINAL = (wire.JOB_STATE_SUCCEEDED, wire.JOB_STATE_FAILED, wire.JOB_STATE_CANCELED)


class JobFailed(Exception):
    """A job ended without success; :attr:`job` is the whole of it."""

    def __init__(self, job: v1.Job) -> None:
        super().__init__(f"{job.job_type} {job.job_id}: {job.error_message or job.reason or CANCELED_TEXT}")
        self.job = job


class _Limit(NamedTuple):
    """The caller's own time."""

    end: float
    """By the monotonic clock."""
    text: str
    """What is said when it is over."""

    @property
    def left(self) -> float:
        return max(0.0, self.end - time.monotonic())


class AdminClient:
    """Talks to one admin; may be used from any thread. With ``with`` it is closed at the end.

    ``address`` has the forms of :attr:`WorkerOptions.address`; of a comma list the first entry that is there is asked. It is looked up with the
    first call, and anew when nobody is there. Other options are those of :class:`WorkerOptions`: ``token``, or ``token_file`` (read at every
    call), ``tls_ca``, …. Refused calls raise ``grpc.RpcError``; its trailer ``pluginadmin-error-bin`` is an
    ``ErrorDetail``. A call that is not answered within 30 s raises ``TimeoutError``; what it asked for may have been done all the same.
    An admin that is away for a restart is waited for by ``submit``, ``get``, ``cancel``, ``wait`` and ``run_job``, for ``patience`` seconds; a
    submission is sent again under its key, so that it makes one job.
    """

    def __init__(self, address: str, *, patience: float = 120.0, **options: Any) -> None:
        self._patience = patience
        self._options = WorkerOptions(address=address, **options)
        if problems := address_problems(address) + token_problems(self._options):
            raise ValueError("\n".join(problems))
        self._admins = Admins(self._options)

    @property
    def _metadata(self) -> List[Tuple[str, str]]:
        """A token in a file may be renewed: it is read at every call."""
        file = self._options.token_file
        token = Path(file).read_text("utf-8").strip() if file else self._options.token
        return [("authorization", f"Bearer {token}")] if token else []

    def submit(self, job_type: str, parameters: Optional[Mapping[str, Value]] = None, **fields: Any) -> v1.Job:
        """A new job; accepted means durable. ``fields`` are those of ``SubmitRequest``: priority, idempotency_key (made up when there is none), labels, summary, …."""
        return self._submit(_submission(job_type, parameters, fields), None)

    def get(self, job_id: str) -> v1.Job:
        """The job as it is, with its result."""
        return self._patiently(lambda: self._get(job_id, None))

    def describe(self, job_type: str) -> wire.JobTypeDescriptor:
        """The descriptor of a job type, as a worker gave it."""
        descriptor: wire.JobTypeDescriptor = self._call(lambda admin: admin.types.Describe, v1.DescribeRequest(job_type=job_type)).descriptor
        return descriptor

    def configure(self, job_type: str, values: Mapping[str, Value]) -> int:
        """Saves values of both forms of a job type; what is left out stays. Returns the version."""
        request = v1.SetConfigRequest(job_type=job_type)
        copy_to(values, request.values)
        version: int = self._call(lambda admin: admin.types.SetConfig, request).version
        return version

    def detect(self, job_type: str, enqueue: bool = True, max_results: int = 0, *, timeout: float = USUAL_DETECTION) -> v1.DetectResponse:
        """Has a worker look for work now, for ``timeout`` seconds at most; with ``enqueue`` what it finds becomes jobs."""
        request = v1.DetectRequest(job_type=job_type, enqueue=enqueue, max_results=max_results, timeout=to_duration(dt.timedelta(seconds=timeout)))
        # It is answered when the worker has looked.
        found: v1.DetectResponse = self._call(lambda admin: admin.types.Detect, request, more=timeout)
        return found

    def jobs(self, job_type: str) -> List[v1.Job]:
        """The newest jobs of a type, at most 500."""
        request = v1.ListRequest(filter=v1.JobFilter(job_types=[job_type]), page_size=500)
        return list(self._call(lambda admin: admin.jobs.List, request).jobs)

    def cancel(self, job_id: str, reason: str = "", force: bool = False) -> v1.Job:
        """Asks for the end of a job; ``force`` does not wait for its worker."""
        request = v1.CancelRequest(job_id=job_id, reason=reason, force=force)
        answer: v1.CancelResponse = self._insist(lambda admin: admin.jobs.Cancel, request)
        return answer.job

    def watch_logs(self, job_id: str, follow: bool = True, tail_lines: int = 0) -> Iterator[v1.LogChunk]:
        """What a job prints, until it has ended when following."""
        request = v1.WatchLogsRequest(job_id=job_id, follow=follow, tail_lines=tail_lines)

        def begin(admin: Admin) -> Tuple[Any, Optional[v1.LogChunk]]:
            chunks = admin.jobs.WatchLogs(request, metadata=self._metadata)
            return chunks, next(chunks, None)

        chunks, first = self._admins.ask(begin)
        if first is not None:
            yield first
        yield from chunks

    def wait(self, job_id: str, timeout: Optional[float] = None, *, cancel: Optional[Cancellation] = None) -> v1.Job:
        """The job when it has ended. Raises ``TimeoutError`` after ``timeout`` seconds; the job goes on."""
        return self._wait(job_id, None if timeout is None else _Limit(time.monotonic() + timeout, _goes_on(job_id, timeout)), cancel)

    def _wait(self, job_id: str, limit: Optional[_Limit], cancel: Optional[Cancellation]) -> v1.Job:
        while True:
            # A job may take long: the admin's absence is counted from the last answer on.
            job = self._patiently(lambda: self._get(job_id, limit), limit, cancel)
            if job.state in _TERMINAL:
                return job
            try:
                self._follow(job_id, limit, cancel)
            except grpc.RpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                _pause(limit, cancel)
            _check(limit, cancel)

    def run_job(self, job_type: str, parameters: Optional[Mapping[str, Value]] = None, *, timeout: Optional[float] = None, **fields: Any) -> Any:
        """Submits, waits, and returns the outputs as Python values. Raises :class:`JobFailed`, or ``TimeoutError`` after ``timeout`` seconds."""
        request = _submission(job_type, parameters, fields)
        limit = None if timeout is None else _Limit(time.monotonic() + timeout, f"the admin has not taken the job within {timeout:g} s; it may yet do it")
        job_id = self._submit(request, limit).job_id
        if limit is not None and timeout is not None:
            limit = limit._replace(text=_goes_on(job_id, timeout))
        job = self._wait(job_id, limit, None)
        if job.state != wire.JOB_STATE_SUCCEEDED:
            raise JobFailed(job)
        return from_map(job.result.output_values)

    def close(self) -> None:
        """Gives the connection back."""
        self._admins.close()

    def __enter__(self) -> AdminClient:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _submit(self, request: v1.SubmitRequest, limit: Optional[_Limit]) -> v1.Job:
        answer: v1.SubmitResponse = self._insist(lambda admin: admin.jobs.Submit, request, limit)
        return answer.job

    def _insist(self, method: Callable[[Admin], Any], request: Any, limit: Optional[_Limit] = None) -> Any:
        """As :meth:`_call`, also of an admin that comes back meanwhile."""
        def call() -> Any:
            return self._call(method, request, limit)

        return self._patiently(call, limit)

    def _patiently(self, call: Callable[[], T], limit: Optional[_Limit] = None, cancel: Optional[Cancellation] = None) -> T:
        """The answer, also of an admin that comes back meanwhile."""
        lost: Optional[float] = None
        while True:
            try:
                return call()
            except grpc.RpcError as error:
                now = time.monotonic()
                lost = now if lost is None else lost
                if error.code() is not grpc.StatusCode.UNAVAILABLE or now - lost >= self._patience:
                    raise
            _pause(limit, cancel)
            _check(limit, cancel)

    def _get(self, job_id: str, limit: Optional[_Limit]) -> v1.Job:
        request = v1.GetRequest(job_id=job_id, include=[v1.INCLUDE_RESULT, v1.INCLUDE_PARAMETERS, v1.INCLUDE_ATTEMPTS])
        job: v1.Job = self._call(lambda admin: admin.jobs.Get, request, limit).job
        return job

    def _call(self, method: Callable[[Admin], Any], request: Any, limit: Optional[_Limit] = None, more: float = 0.0) -> Any:
        """The answer. Raises ``TimeoutError`` when none comes in time, which is ``more`` than usual, or within the caller's own time."""
        left = CALL_TIMEOUT + more
        text = f"the admin has not answered within {left:g} s"
        if limit is not None and limit.left < left:
            left, text = max(limit.left, LAST_LOOK), limit.text

        def ask(admin: Admin) -> Any:
            return method(admin)(request, metadata=self._metadata, timeout=left)

        try:
            return self._admins.ask(ask)
        except grpc.RpcError as error:
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                raise TimeoutError(text) from error
            raise

    def _follow(self, job_id: str, limit: Optional[_Limit], cancel: Optional[Cancellation]) -> None:
        """Returns when the job's output has ended, or the time is over, or somebody gives up."""
        left = None if limit is None else limit.left

        def follow(admin: Admin) -> None:
            call = admin.jobs.WatchLogs(v1.WatchLogsRequest(job_id=job_id, follow=True, tail_lines=1), metadata=self._metadata, timeout=left)
            forget = cancel.link(call.cancel) if cancel is not None else lambda: None
            try:
                for _ in call:
                    pass
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
                    raise
            finally:
                forget()

        self._admins.ask(follow)


def _pause(limit: Optional[_Limit], cancel: Optional[Cancellation]) -> None:
    (cancel or Cancellation()).wait(PAUSE if limit is None else min(PAUSE, limit.left))


def _check(limit: Optional[_Limit], cancel: Optional[Cancellation]) -> None:
    """Raises when the caller does not want to wait any more."""
    if cancel is not None and cancel.is_set():
        raise InterruptedError("the wait for a job was cancelled")
    if limit is not None and not limit.left:
        raise TimeoutError(limit.text)


def _submission(job_type: str, parameters: Optional[Mapping[str, Value]], fields: Mapping[str, Any]) -> v1.SubmitRequest:
    named: Dict[str, Any] = {**fields, "idempotency_key": fields.get("idempotency_key") or f"sdk-{uuid.uuid4()}"}
    request = v1.SubmitRequest(job_type=job_type, **named)
    copy_to(parameters or {}, request.parameters)
    return request


def _goes_on(job_id: str, timeout: float) -> str:
    return f"job {job_id} goes on after {timeout:g} s"


def run_job(address: str, job_type: str, parameters: Optional[Mapping[str, Value]] = None, *, timeout: Optional[float] = None, **fields: Any) -> Any:
    """As :meth:`AdminClient.run_job`, with a client for this one job."""
    with AdminClient(address) as client:
        return client.run_job(job_type, parameters, timeout=timeout, **fields)
