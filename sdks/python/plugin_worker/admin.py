"""The submitting side: hands jobs to an admin and waits for their results."""
from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Iterator, List, Mapping, Optional, Tuple, Type

import grpc

from ._transport import dial
from .addresses import resolve, split
from .cancellation import Cancellation
from .options import WorkerOptions
from .outcomes import CANCELED_TEXT
from .values import Value, copy_to, from_map
from .wire import job_service_pb2 as v1
from .wire import plugin_pb2 as wire
from .wire.job_service_pb2_grpc import JobServiceStub, JobTypeServiceStub

_TERMINAL = (wire.JOB_STATE_SUCCEEDED, wire.JOB_STATE_FAILED, wire.JOB_STATE_CANCELED)


class JobFailed(Exception):
    """A job ended without success; :attr:`job` is the whole of it."""

    def __init__(self, job: v1.Job) -> None:
        super().__init__(f"{job.job_type} {job.job_id}: {job.error_message or job.reason or CANCELED_TEXT}")
        self.job = job


class AdminClient:
    """Talks to one admin; may be used from any thread. With ``with`` it is closed at the end.

    ``address`` has the forms of :attr:`WorkerOptions.address`; of a comma list the first entry counts. Other options are those of
    :class:`WorkerOptions`: ``token``, ``token_file`` (read at every call), ``tls_ca``, …. Refused calls raise ``grpc.RpcError``; its trailer ``pluginadmin-error-bin`` is an
    ``ErrorDetail``.
    """

    def __init__(self, address: str, **options: Any) -> None:
        self._options = WorkerOptions(address=address, **options)
        self._channel = dial(resolve(split(address)[0], self._options.tls_ca, self._options.tls_server_name), self._options)
        self._jobs: Any = JobServiceStub(self._channel)  # type: ignore[no-untyped-call]
        self._types: Any = JobTypeServiceStub(self._channel)  # type: ignore[no-untyped-call]

    @property
    def _metadata(self) -> List[Tuple[str, str]]:
        """A token in a file may be renewed: it is read at every call."""
        file = self._options.token_file
        token = Path(file).read_text("utf-8").strip() if file else self._options.token
        return [("authorization", f"Bearer {token}")] if token else []

    def submit(self, job_type: str, parameters: Optional[Mapping[str, Value]] = None, **fields: Any) -> v1.Job:
        """A new job; accepted means durable. ``fields`` are those of ``SubmitRequest``: priority, idempotency_key, labels, summary, …."""
        request = v1.SubmitRequest(job_type=job_type, **fields)
        copy_to(parameters or {}, request.parameters)
        job: v1.Job = self._jobs.Submit(request, metadata=self._metadata).job
        return job

    def get(self, job_id: str) -> v1.Job:
        """The job as it is, with its result."""
        request = v1.GetRequest(job_id=job_id, include=[v1.INCLUDE_RESULT, v1.INCLUDE_PARAMETERS, v1.INCLUDE_ATTEMPTS])
        job: v1.Job = self._jobs.Get(request, metadata=self._metadata).job
        return job

    def describe(self, job_type: str) -> wire.JobTypeDescriptor:
        """The descriptor of a job type, as a worker gave it."""
        descriptor: wire.JobTypeDescriptor = self._types.Describe(v1.DescribeRequest(job_type=job_type), metadata=self._metadata).descriptor
        return descriptor

    def configure(self, job_type: str, values: Mapping[str, Value]) -> int:
        """Saves values of both forms of a job type; what is left out stays. Returns the version."""
        request = v1.SetConfigRequest(job_type=job_type)
        copy_to(values, request.values)
        version: int = self._types.SetConfig(request, metadata=self._metadata).version
        return version

    def detect(self, job_type: str, enqueue: bool = True, max_results: int = 0) -> v1.DetectResponse:
        """Has a worker look for work now; with ``enqueue`` what it finds becomes jobs."""
        request = v1.DetectRequest(job_type=job_type, enqueue=enqueue, max_results=max_results)
        found: v1.DetectResponse = self._types.Detect(request, metadata=self._metadata)
        return found

    def jobs(self, job_type: str) -> List[v1.Job]:
        """The newest jobs of a type, at most 500."""
        request = v1.ListRequest(filter=v1.JobFilter(job_types=[job_type]), page_size=500)
        return list(self._jobs.List(request, metadata=self._metadata).jobs)

    def cancel(self, job_id: str, reason: str = "", force: bool = False) -> v1.Job:
        """Asks for the end of a job; ``force`` does not wait for its worker."""
        job: v1.Job = self._jobs.Cancel(v1.CancelRequest(job_id=job_id, reason=reason, force=force), metadata=self._metadata).job
        return job

    def watch_logs(self, job_id: str, follow: bool = True, tail_lines: int = 0) -> Iterator[v1.LogChunk]:
        """What a job prints, until it has ended when following."""
        request = v1.WatchLogsRequest(job_id=job_id, follow=follow, tail_lines=tail_lines)
        return iter(self._jobs.WatchLogs(request, metadata=self._metadata))

    def wait(self, job_id: str, timeout: Optional[float] = None, *, cancel: Optional[Cancellation] = None) -> v1.Job:
        """The job when it has ended. Raises ``TimeoutError`` after ``timeout`` seconds; the job goes on."""
        end = None if timeout is None else time.monotonic() + timeout
        lost = 0
        while True:
            try:
                job = self.get(job_id)
                if job.state in _TERMINAL:
                    return job
                self._follow(job_id, end, cancel)
                lost = 0
            except grpc.RpcError as error:
                lost += 1
                if error.code() is not grpc.StatusCode.UNAVAILABLE or lost > 30:
                    raise
                # An admin that restarts has kept the job.
                (cancel or Cancellation()).wait(1.0 if end is None else max(0.0, min(1.0, end - time.monotonic())))
            if cancel is not None and cancel.is_set():
                raise InterruptedError(f"the wait for job {job_id} was cancelled")
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(f"job {job_id} goes on after {timeout:g} s")

    def run_job(self, job_type: str, parameters: Optional[Mapping[str, Value]] = None, *, timeout: Optional[float] = None, **fields: Any) -> Any:
        """Submits, waits, and returns the outputs as Python values. Raises :class:`JobFailed`, or ``TimeoutError`` after ``timeout`` seconds."""
        job = self.wait(self.submit(job_type, parameters, **fields).job_id, timeout)
        if job.state != wire.JOB_STATE_SUCCEEDED:
            raise JobFailed(job)
        return from_map(job.result.output_values)

    def close(self) -> None:
        """Gives the connection back."""
        self._channel.close()

    def __enter__(self) -> AdminClient:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _follow(self, job_id: str, end: Optional[float], cancel: Optional[Cancellation]) -> None:
        """Returns when the job's output has ended, or the time is over, or somebody gives up."""
        left = None if end is None else max(0.0, end - time.monotonic())
        call = self._jobs.WatchLogs(v1.WatchLogsRequest(job_id=job_id, follow=True, tail_lines=1), metadata=self._metadata, timeout=left)
        forget = cancel.link(call.cancel) if cancel is not None else lambda: None
        try:
            for _ in call:
                pass
        except grpc.RpcError as error:
            if error.code() not in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED):
                raise
        finally:
            forget()


def run_job(address: str, job_type: str, parameters: Optional[Mapping[str, Value]] = None, *, timeout: Optional[float] = None, **fields: Any) -> Any:
    """As :meth:`AdminClient.run_job`, with a client for this one job."""
    with AdminClient(address) as client:
        return client.run_job(job_type, parameters, timeout=timeout, **fields)
