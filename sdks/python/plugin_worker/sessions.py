"""Sessions, why they end, how a start fails, and when to dial again. Nothing here does anything by itself."""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum
from typing import Callable, FrozenSet, Optional


class CloseReason(Enum):
    """Why a session ended, or why none began."""

    STOP_REQUESTED = "StopRequested"
    """Stop was called, or the run was cancelled."""
    CONNECTION_LOST = "ConnectionLost"
    """The stream or the connection ended without a reason."""
    HEARTBEAT_TIMEOUT = "HeartbeatTimeout"
    """Nothing was heard for three heartbeat intervals and a ping of the transport stayed unanswered."""
    ADMIN_SHUTDOWN = "AdminShutdown"
    """The admin said that it goes away."""
    REPLACED = "Replaced"
    """Another process connected with this worker id."""
    PROTOCOL_ERROR = "ProtocolError"
    """The admin said something that is no protocol, or refused what this worker said."""
    REJECTED = "Rejected"
    """The admin does not want this worker."""
    UNREACHABLE = "Unreachable"
    """Nobody answered at the address."""
    TIMEOUT = "Timeout"
    """No hello came in time."""
    CANCELED = "Canceled"
    """The caller gave up while starting."""


class WorkerState(Enum):
    """Where a worker is in its life."""

    CREATED = "Created"
    """Never started."""
    STARTING = "Starting"
    """Dialling, or waiting for the admin's hello."""
    RUNNING = "Running"
    """Serving."""
    STOPPING = "Stopping"
    """Finishing work, or ending the session."""
    STOPPED = "Stopped"
    """No session; can be started again."""


@dataclass(frozen=True)
class SessionSnapshot:
    """A session as the admin granted it. Durations are seconds."""

    worker_id: str
    instance_id: str
    """Fresh per session."""
    generation: int
    """From 1, without gaps, per worker object: counts the starts that succeeded."""
    address: str
    """``host:port`` that was dialled."""
    extensions: FrozenSet[str]
    """What both sides agreed on; empty with an admin that is not one of ours."""
    heartbeat_interval: float
    """What the admin asked for; at most 10 with an admin that agreed to no extension."""
    reconnect_delay: float
    """What the admin asked for."""
    admin_version: str
    """From the response header, else ``unknown``."""


@dataclass(frozen=True)
class RunResult:
    """How a session ended."""

    reason: CloseReason
    error: str
    """For people; may be empty."""
    session: Optional[SessionSnapshot]
    """The one that ended, or the last one; ``None``: ``run_forever`` was stopped before there was one."""
    permanent: bool = False
    """The admin refused this worker for good: dialling again is of no use."""
    served: float = 0.0
    """Seconds from the admin's hello to the end."""


class StartFailure(Exception):
    """A start that did not succeed. The worker is stopped and can be started again; ``on_close`` is not called."""

    reason = CloseReason.UNREACHABLE
    permanent = False
    """Trying again is of no use."""


class Unreachable(StartFailure):
    """Nobody answered at the address, or the connection broke before the admin's hello."""


class Rejected(StartFailure):
    """The admin does not want this worker; :attr:`permanent` says whether it may later."""

    reason = CloseReason.REJECTED

    def __init__(self, message: str, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class StartTimeout(StartFailure):
    """No hello came in time."""

    reason = CloseReason.TIMEOUT


class StartCanceled(StartFailure):
    """Stop was called, or the caller gave up, while the worker was starting."""

    reason = CloseReason.CANCELED


class ProtocolError(StartFailure):
    """What the admin said could not be read, or it could not read what this worker said."""

    reason = CloseReason.PROTOCOL_ERROR
    permanent = True


class AlreadyStarted(RuntimeError):
    """Start or run was called on a worker that is starting or running."""


class RunCanceled(Exception):
    """The cancellation given to ``run``, ``run_forever`` or ``wait`` was set; a run has been drained and stopped before this is raised."""


_PASSING = frozenset({
    CloseReason.CONNECTION_LOST, CloseReason.HEARTBEAT_TIMEOUT, CloseReason.UNREACHABLE, CloseReason.TIMEOUT, CloseReason.REJECTED})


@dataclass(frozen=True)
class RestartPolicy:
    """When ``run_forever`` dials again, and after which pause. Pure: it neither waits nor dials. All durations are seconds."""

    longest_delay: float = 30.0
    """Longest pause."""
    longest_delay_at_work: float = 2.0
    """Pause between tries, after a first one of 0.2 s, while a lost session left work that may go on or results that were not confirmed, for
    ``resume_window`` after the loss: an admin that comes back keeps their leases for 15 s."""
    reset_after: float = 60.0
    """After this long in service the pauses begin anew."""
    jitter: Callable[[], float] = field(default=random.random, compare=False)
    """0 to 1, drawn for each pause."""

    @staticmethod
    def restarts(reason: CloseReason, permanent: bool = False) -> bool:
        """Only for reasons that may pass: never after a stop, a shutdown, a refusal for good, or when another process owns the id."""
        return not permanent and reason in _PASSING

    def delay(self, tries: int, first: float) -> float:
        """Seconds before try number ``tries`` (from 1): ``first``, which the admin asked for, doubled each time, ±20 %, up to the longest."""
        return self._jittered(first * 2.0 ** min(max(tries - 1, 0), 20))

    def delay_at_work(self, tries: int) -> float:
        """Seconds before try number ``tries`` (from 1) after a loss that left work or results: short, so that they find their way back."""
        return self._jittered(min(0.2, self.longest_delay_at_work) if tries <= 1 else self.longest_delay_at_work)

    def _jittered(self, seconds: float) -> float:
        return min(min(seconds, self.longest_delay) * (0.8 + 0.4 * self.jitter()), self.longest_delay)
