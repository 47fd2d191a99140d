"""What a session still has to say. The transport's writer takes one message after the other, and nobody else writes."""
from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import Callable, Deque, Iterable, Optional, Tuple

from ._attempt import REPORT_PAUSE, RunningAttempt, Told
from ._too_large import instead
from .cancellation import Cancellation
from .values import now_timestamp
from .wire import plugin_pb2 as wire

BEAT_PAUSE = 0.2
"""Seconds between two heartbeats at least."""


class Outbox:
    """An iterator of encoded messages, bounded: what can be conflated (progress, output, heartbeats) is made when the writer is ready for it."""

    SOFT = 256
    """A queue as long as this for :attr:`STUCK` seconds ends the session."""
    HARD = 4096
    """So does one as long as this at once."""
    STUCK = 30.0
    PATIENT = 4
    """Batches of proposals in the queue: each may have 1 MiB, so whoever makes them waits."""

    def __init__(
        self, worker_id: str, running: Callable[[], Iterable[RunningAttempt]], beat: Callable[[], wire.WorkerHeartbeat], most_bytes: int = 64 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock``: seconds, never set back."""
        self._clock = clock
        self._worker_id = worker_id
        self._running = running
        self._beat = beat
        self._most_bytes = most_bytes
        self._condition = threading.Condition()
        self._queue: Deque[Tuple[wire.WorkerToAdminMessage, Optional[RunningAttempt], Optional[Told], bool]] = deque()
        self._ready: Deque[Tuple[wire.WorkerToAdminMessage, Optional[Told]]] = deque()
        self._leaving: Optional[Told] = None
        self._patient = 0
        self._room: Optional[Cancellation] = None
        self._full_since: Optional[float] = None
        self._finishing = False
        self._aborted = False
        self._takes_output = False
        self._interval = math.inf
        self._next_beat = math.inf
        self._last_beat = -math.inf
        self._next_logs = -math.inf

    # What the session and the handlers call.

    def put(self, message: wire.WorkerToAdminMessage, after: Optional[RunningAttempt] = None, told: Optional[Told] = None) -> bool:
        """Queues a message; what the attempt still has to say goes before it. False: the queue is beyond all bounds, or closed."""
        with self._condition:
            if self._aborted or self._finishing or len(self._queue) >= self.HARD:
                return False
            self._append(message, after, told, patient=False)
            return True

    def put_patient(self, message: wire.WorkerToAdminMessage, told: Told) -> Optional[Cancellation]:
        """Queues a message when there is room; else returns what is set when trying again may help."""
        with self._condition:
            if self.is_over:
                over = Cancellation()
                over.set()
                return over
            if self._patient < self.PATIENT:
                self._append(message, None, told, patient=True)
                return None
            if self._room is None:
                self._room = Cancellation()
            return self._room

    def start_beats(self, interval: float, takes_output: bool) -> None:
        """From here on: a heartbeat at once and each interval, progress, and output when the admin takes it."""
        with self._condition:
            self._interval, self._takes_output = interval, takes_output
            self._next_beat = self._clock()
            self._condition.notify()

    def beat_soon(self) -> None:
        """Work changed."""
        with self._condition:
            if self._interval < math.inf:
                self._next_beat = min(self._next_beat, max(self._clock(), self._last_beat + BEAT_PAUSE))
                self._condition.notify()

    def wake(self) -> None:
        """An attempt has something to report."""
        with self._condition:
            self._condition.notify()

    @property
    def is_over(self) -> bool:
        """Takes nothing any more."""
        return self._aborted or self._finishing

    def is_stuck(self) -> bool:
        """The queue has been full for too long, or is beyond all bounds."""
        with self._condition:
            since = self._full_since
            return len(self._queue) >= self.HARD or (since is not None and self._clock() - since >= self.STUCK)

    def finish(self) -> None:
        """What is queued is written, then the stream is half-closed."""
        with self._condition:
            self._finishing = True
            self._condition.notify()

    def abort(self) -> None:
        """Nothing more is written."""
        with self._condition:
            self._aborted = True
            lost = [self._leaving, *(told for _, told in self._ready), *(told for _, _, told, _ in self._queue)]
            self._leaving = None
            self._ready.clear()
            self._queue.clear()
            room, self._room = self._room, None
            self._condition.notify()
        for told in lost:
            if told is not None:
                told(False)
        if room is not None:
            room.set()

    def _append(self, message: wire.WorkerToAdminMessage, after: Optional[RunningAttempt], told: Optional[Told], patient: bool) -> None:
        self._queue.append((message, after, told, patient))
        self._patient += patient
        if len(self._queue) >= self.SOFT and self._full_since is None:
            self._full_since = self._clock()
        self._condition.notify()

    # What the transport's writer calls.

    def __iter__(self) -> Outbox:
        return self

    def __next__(self) -> bytes:
        with self._condition:
            left, self._leaving = self._leaving, None
        if left is not None:
            left(True)  # Whoever asks for the next one has written the last.
        with self._condition:
            while True:
                if self._aborted:
                    raise StopIteration
                if self._ready:
                    message, self._leaving = self._ready.popleft()
                    return self._encode(message)
                if self._queue:
                    self._next_queued()
                    continue
                if self._finishing:
                    raise StopIteration
                now = self._clock()
                if now >= self._next_beat:
                    self._last_beat, self._next_beat = now, now + self._interval
                    self._ready.append((wire.WorkerToAdminMessage(heartbeat=self._beat()), None))
                    continue
                due = self._collect(now)
                if not self._ready:
                    wait = min(due, self._next_beat) - now
                    self._condition.wait(None if wait == math.inf else max(0.0, wait))

    def _next_queued(self) -> None:
        message, after, told, patient = self._queue.popleft()
        if after is not None:
            self._report(after, self._clock(), last=True)
        self._ready.append((message, told))
        if len(self._queue) < self.SOFT:
            self._full_since = None
        if patient:
            self._patient -= 1
            room, self._room = self._room, None
            if room is not None:
                room.set()

    def _collect(self, now: float) -> float:
        """Takes what attempts have to report by now; returns when to look again."""
        if self._interval == math.inf:
            return math.inf
        due = math.inf
        logs = now >= self._next_logs
        for attempt in self._running():
            if attempt.next_report() <= now or ((logs or attempt.is_pressing) and self._has_output(attempt)):
                self._report(attempt, now, last=False)
            due = min(due, attempt.next_report(), self._next_logs if self._has_output(attempt) and not logs else math.inf)
        if logs and self._ready:
            self._next_logs = now + REPORT_PAUSE
        return due

    def _has_output(self, attempt: RunningAttempt) -> bool:
        return self._takes_output and not attempt.is_detection and attempt.has_output

    def _report(self, attempt: RunningAttempt, now: float, last: bool) -> None:
        """What an attempt has to say: its output, then its newest progress."""
        if self._takes_output and not attempt.is_detection:
            self._ready.extend((wire.WorkerToAdminMessage(job_log=chunk), None) for chunk in attempt.take_output())
        progress = attempt.take_progress(now, force=last)
        if progress is not None:
            self._ready.append((wire.WorkerToAdminMessage(job_progress_update=progress), None))

    def _encode(self, message: wire.WorkerToAdminMessage) -> bytes:
        message.worker_id = self._worker_id
        message.sent_at.CopyFrom(now_timestamp())
        if message.ByteSize() > self._most_bytes:
            message = instead(message, message.ByteSize(), self._most_bytes)
            message.worker_id = self._worker_id
            message.sent_at.CopyFrom(now_timestamp())
        encoded: bytes = message.SerializeToString()
        return encoded

