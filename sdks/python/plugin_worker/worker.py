"""The blocking face of a worker."""
from __future__ import annotations

import concurrent.futures
from types import TracebackType
from typing import Any, Callable, Optional, Sequence, Type

from ._core import WorkerCore
from ._forever import run_forever
from .cancellation import Cancellation
from .options import WorkerOptions
from .sessions import RestartPolicy, RunCanceled, RunResult, SessionSnapshot, WorkerState


class WorkerFace:
    """What both faces of a worker show of it."""

    def __init__(self, options: WorkerOptions, handlers: Sequence[Any], *, on_close: Optional[Callable[..., Any]] = None) -> None:
        """Checks everything that can be checked without a network; raises one ``ValueError`` with all findings, one per line."""
        self._core = WorkerCore(options, handlers)
        if on_close is not None:
            self._core.on_close = on_close

    @property
    def worker_id(self) -> str:
        """The stable identity."""
        return self._core.worker_id

    @property
    def state(self) -> WorkerState:
        """Where it is in its life."""
        return self._core.state

    @property
    def session(self) -> Optional[SessionSnapshot]:
        """The current session, or the last one; ``None`` before the first."""
        return self._core.snapshot

    @property
    def registration_timeout(self) -> float:
        """Seconds to wait for the admin's hello."""
        return self._core.options.registration_timeout

    @property
    def request_timeout(self) -> float:
        """Seconds for short calls of handlers."""
        return self._core.options.request_timeout

    @property
    def heartbeat_interval(self) -> float:
        """Seconds; what the admin asked for, kept until the next start."""
        return self._core.heartbeat_interval

    @property
    def reconnect_delay(self) -> float:
        """Seconds; what the admin asked for, kept until the next start."""
        return self._core.reconnect_delay

    @property
    def admin_version(self) -> str:
        """What the admin said of itself, else ``unknown``."""
        return self._core.admin_version

    @property
    def metrics(self) -> str:
        """What it counted, in Prometheus's text format: attempts, proposals, sessions, what runs, results that wait for their acknowledgement."""
        return self._core.figures.to_text()


class PluginWorker(WorkerFace):
    """A worker that dials in, serves, and can be started again after every kind of end. It never reconnects by itself: :meth:`run_forever`
    does, for those who want that. All members may be called from any thread. With ``with`` it is closed at the end."""

    def start(self, timeout: Optional[float] = None, *, cancel: Optional[Cancellation] = None) -> SessionSnapshot:
        """Dials and registers; returns when the admin has accepted, at the latest after ``timeout`` seconds.

        Raises a :class:`~plugin_worker.StartFailure` (the worker is stopped and can be started again) or :class:`AlreadyStarted`.
        """
        self._core.refuse_start_inside()
        starting = self._core.submit(self._core.start(timeout, cancel))
        try:
            found: SessionSnapshot = starting.result().snapshot
            return found
        except KeyboardInterrupt:
            starting.cancel()
            raise

    def stop(self, drain: bool = True, grace: float = 30.0) -> None:
        """Ends the session, or a start under way; does nothing when there is none.

        With ``drain``, running work is finished within ``grace`` seconds and its results are sent; a :meth:`run_forever` dials on for them
        when the stream is away. Else it is cancelled now. Returns after ``on_close``, and with the ``run_forever``; called from inside of
        ``on_close``, or of a handler, it does not wait for itself.
        """
        inside = self._core.is_inside
        self._core.submit(self._core.stop(drain, grace, inside)).result()

    def wait(self, timeout: Optional[float] = None, *, cancel: Optional[Cancellation] = None) -> Optional[RunResult]:
        """Waits for the end of the session that is current now; a later one does not prolong it. ``None`` when there is none.

        Raises ``TimeoutError`` after ``timeout`` seconds, :class:`RunCanceled` when ``cancel`` is set; the session goes on.
        """
        waiting = self._core.submit(self._core.wait())
        forget = cancel.link(waiting.cancel) if cancel is not None else lambda: None
        try:
            found: Optional[RunResult] = waiting.result(timeout)
            return found
        except concurrent.futures.TimeoutError:
            raise TimeoutError(f"the session goes on after {timeout:g} s") from None
        except concurrent.futures.CancelledError:
            raise RunCanceled("the wait was cancelled") from None
        finally:
            waiting.cancel()
            forget()

    def run(self, *, cancel: Optional[Cancellation] = None) -> RunResult:
        """Starts and serves until the session ends. A set ``cancel`` drains and stops, then raises :class:`RunCanceled`; so does Ctrl+C."""
        self._core.refuse_start_inside()
        return self._serve(self._core.submit(self._core.run(cancel)))

    def run_forever(self, policy: Optional[RestartPolicy] = None, *, cancel: Optional[Cancellation] = None) -> RunResult:
        """Serves, and dials again after ends that may pass; returns, or raises a :class:`~plugin_worker.StartFailure`, with the first that
        does not. :meth:`stop` ends it with ``STOP_REQUESTED``, between two sessions and before the first one too."""
        self._core.refuse_start_inside()
        return self._serve(self._core.submit(run_forever(self._core, policy or RestartPolicy(), cancel)))

    def close(self) -> None:
        """Stops at once; running work is cancelled, the worker's threads end. It may be started again."""
        self._core.submit(self._core.close()).result()

    def __enter__(self) -> PluginWorker:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self.close()

    def _serve(self, running: Any) -> RunResult:
        try:
            found: RunResult = running.result()
            return found
        except KeyboardInterrupt:
            self.stop()
            raise

