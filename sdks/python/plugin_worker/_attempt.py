"""One attempt or detection while its handler runs: its reports land in slots that the session's writer empties."""
from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import threading
import time
from collections import deque
from typing import Callable, Deque, Dict, Iterator, List, Mapping, Optional, Tuple

from .cancellation import Cancellation
from .outcomes import Proposal
from .values import Value, copy_to, now_timestamp, to_wire
from .wire import plugin_pb2 as wire

REPORT_PAUSE = 0.25
"""Seconds between two progress messages of an attempt."""
TEXT_LIMIT = 16 * 1024
"""Bytes of an error, a message or an activity."""
PATIENCE = 5.0
"""How long work is held up by output or proposals that nobody takes: a lost admin must not stop it."""
_MOST_ACTIVITIES = 100
_MOST_METRICS = 100
_METRICS_LIMIT = 64 * 1024


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """At most ``limit`` bytes of UTF-8; what cannot be encoded is replaced."""
    encoded = text.encode("utf-8", "replace")
    return encoded[:limit].decode("utf-8", "ignore")


def _sendable(metrics: Mapping[str, Value]) -> Dict[str, wire.ConfigValue]:
    """What is of no kind of the protocol is left out."""
    found = wire.JobProgressUpdate().metrics
    for name, value in metrics.items():
        try:
            converted = to_wire(value)
            found[name].CopyFrom(converted)
        except (TypeError, ValueError):
            continue
    return dict(found)


class LogRing:
    """The last 1 MiB of one output, with the offset of each byte."""

    WAITING = 256 * 1024
    """Output waits while more than this was not taken."""
    CAPACITY = 4 * WAITING
    """A connection that is lost takes with it what was taken last and what the admin had not read of it, while more is written:
    ``WAITING`` of each, and the 512 KiB that an admin lets a stream have on its way."""
    CHUNK = 32 * 1024

    def __init__(self, stream: int) -> None:
        self.stream = stream
        self._kept = bytearray()
        self._end = 0
        self._sent = 0

    @property
    def unsent(self) -> int:
        """Bytes that were never taken; more than the capacity once some of them are lost."""
        return self._end - self._sent

    @property
    def size(self) -> int:
        """Bytes it holds."""
        return len(self._kept)

    def append(self, data: bytes) -> None:
        self._kept += data
        self._end += len(data)
        if len(self._kept) > self.CAPACITY + self.WAITING:
            del self._kept[:-self.CAPACITY]

    def take(self) -> Optional[Tuple[int, bytes]]:
        """The next piece; what was overwritten before it was sent is a gap, which the admin shows."""
        start = max(self._sent, self._start)
        if start == self._end:
            return None
        at = start - (self._end - len(self._kept))
        piece = bytes(self._kept[at:at + self.CHUNK])
        self._sent = start + len(piece)
        return start, piece

    def rewind(self) -> None:
        """After a reconnect: what may not have arrived is sent again; the admin drops what it has."""
        self._sent = min(self._sent, self._start)

    @property
    def _start(self) -> int:
        return self._end - min(len(self._kept), self.CAPACITY)


class RunningAttempt:
    """Reports may come from any thread."""

    def __init__(
        self, request_id: str, work_id: str, job_type: str, is_detection: bool, keeps_output: bool,
        changed: Callable[[], None], on_loop: Callable[[], bool], ended: asyncio.Future[None],
    ) -> None:
        self.request_id = request_id
        self.work_id = work_id
        self.job_type = job_type
        self.is_detection = is_detection
        self.canceled = Cancellation()
        self.is_forced = False
        """The lease was taken by force: nobody waits for the result."""
        self.is_late = False
        """The lease was lost while the stream was away."""
        self.is_told = False
        """Its completion was handed to a session."""
        self.idempotent = False
        self.origin: object = self
        """The session that brought it."""
        self.ended = ended
        """Done when the handler has returned and its last word is queued."""
        self.proposals: Optional[ProposalSink] = None
        self._keeps_output = keeps_output
        self._changed = changed
        self._on_loop = on_loop
        self._lock = threading.Lock()
        self._stdout = LogRing(wire.LOG_STREAM_STDOUT)
        self._stderr = LogRing(wire.LOG_STREAM_STDERR)
        self._abandoned = not keeps_output
        self._room: Optional[Cancellation] = None
        self._activities: List[wire.ActivityEvent] = []
        self._percent = 0.0
        self._stage = ""
        self._message = ""
        self._metrics: Dict[str, wire.ConfigValue] = {}
        self._news = False
        self._reported = -math.inf
        self.canceled.link(self._make_room)

    def snapshot(self, with_request: bool) -> wire.RunningWork:
        """As a heartbeat or a hello lists it."""
        with self._lock:
            return wire.RunningWork(
                work_id=self.work_id, kind=wire.WORK_KIND_DETECTION if self.is_detection else wire.WORK_KIND_EXECUTION, job_type=self.job_type,
                state=wire.JOB_STATE_RUNNING, progress_percent=self._percent, stage=self._stage, request_id=self.request_id if with_request else "")

    # What handlers call.

    def progress(self, percent: float, stage: str, message: str, metrics: Mapping[str, Value]) -> None:
        fresh = _sendable(metrics)  # Here, where the handler is: it may use its own mapping again.
        with self._lock:
            if math.isfinite(percent):
                self._percent = max(self._percent, min(100.0, max(0.0, float(percent))))
            self._stage = cut(stage, 256) or self._stage
            self._message = cut(message)
            # Only the newest report is sent, so that the values of those before it are kept. A new mapping: the writer may be at the former one.
            merged = dict(itertools.islice({**self._metrics, **fresh}.items(), _MOST_METRICS))
            self._metrics = merged if sum(value.ByteSize() for value in merged.values()) <= _METRICS_LIMIT else fresh
            told, self._news = self._news, True
        if not told:
            self._changed()

    def activity(self, message: str, stage: str, details: Mapping[str, Value]) -> None:
        source = wire.ACTIVITY_SOURCE_DETECTOR if self.is_detection else wire.ACTIVITY_SOURCE_EXECUTOR
        activity = wire.ActivityEvent(source=source, message=cut(message), stage=cut(stage, 256), created_at=now_timestamp())
        copy_to(details, activity.details)
        with self._lock:
            del self._activities[:len(self._activities) - _MOST_ACTIVITIES + 1]
            self._activities.append(activity)
            told, self._news = self._news, True
        if not told:
            self._changed()

    def output(self, stream: int, data: bytes) -> None:
        while data:
            room, data = self._append(stream, data, waits=not self._on_loop())
            if room is not None and not room.wait(PATIENCE):
                self._abandon()

    async def output_async(self, stream: int, data: bytes) -> None:
        while data:
            room, data = self._append(stream, data, waits=True)
            if room is not None:
                try:
                    await asyncio.wait_for(room.wait_async(), PATIENCE)
                except asyncio.TimeoutError:
                    self._abandon()

    def propose(self, proposal: Proposal) -> bool:
        assert self.proposals is not None
        return self.proposals.propose(proposal)

    async def propose_async(self, proposal: Proposal) -> bool:
        assert self.proposals is not None
        return await self.proposals.propose_async(proposal)

    def _append(self, stream: int, data: bytes, waits: bool) -> Tuple[Optional[Cancellation], bytes]:
        piece = data[:LogRing.CHUNK]
        with self._lock:
            ring = self._stderr if stream == wire.LOG_STREAM_STDERR else self._stdout
            if waits and not self._abandoned and not self.canceled.is_set() and ring.unsent + len(piece) > LogRing.WAITING:
                if self._room is None:
                    self._room = Cancellation()
                room: Optional[Cancellation] = self._room
            else:
                ring.append(piece)
                room, data = None, data[len(piece):]
        self._changed()
        return room, data

    def _make_room(self) -> None:
        with self._lock:
            room, self._room = self._room, None
        if room is not None:
            room.set()

    def _abandon(self) -> None:
        # From here on what is not taken is overwritten, until somebody takes output again.
        with self._lock:
            self._abandoned = True

    # What the session's writer calls.

    def take_progress(self, now: float, force: bool) -> Optional[wire.JobProgressUpdate]:
        """The newest progress, once, and not sooner than 250 ms after the last one unless it is the last word; else nothing."""
        with self._lock:
            if not self._news or (not force and now - self._reported < REPORT_PAUSE):
                return None
            self._news = False
            self._reported = now
            update = wire.JobProgressUpdate(
                request_id=self.request_id, job_id="" if self.is_detection else self.work_id, job_type=self.job_type, state=wire.JOB_STATE_RUNNING,
                progress_percent=self._percent, stage=self._stage, message=self._message, activities=self._activities, updated_at=now_timestamp())
            self._activities = []
            metrics = self._metrics
        copy_to(metrics, update.metrics)
        if update.ByteSize() > _METRICS_LIMIT + _MOST_ACTIVITIES * TEXT_LIMIT:
            update.ClearField("metrics")
        return update

    def next_report(self) -> float:
        """When progress may be sent, by the monotonic clock; infinity when there is none."""
        with self._lock:
            return self._reported + REPORT_PAUSE if self._news else math.inf

    @property
    def has_output(self) -> bool:
        with self._lock:
            return self._stdout.unsent > 0 or self._stderr.unsent > 0

    @property
    def output_size(self) -> int:
        """Bytes of output that are kept."""
        with self._lock:
            return self._stdout.size + self._stderr.size

    @property
    def is_pressing(self) -> bool:
        """Output is about to have to wait."""
        with self._lock:
            return not self._abandoned and max(self._stdout.unsent, self._stderr.unsent) > LogRing.WAITING // 2

    def take_output(self) -> List[wire.JobLogChunk]:
        """What was written and not sent yet, in pieces. All of it is taken at one moment: what is written while they leave must
        wait, or more would be on its way than is kept."""
        with self._lock:
            chunks = [
                wire.JobLogChunk(request_id=self.request_id, job_id=self.work_id, stream=ring.stream, offset=offset, data=data, sent_at=now_timestamp())  # type: ignore[arg-type]
                for ring in (self._stdout, self._stderr) for offset, data in iter(ring.take, None)]
            if not chunks:
                return chunks
            self._abandoned = not self._keeps_output
        self._make_room()
        return chunks

    def rewind(self) -> None:
        with self._lock:
            self._stdout.rewind()
            self._stderr.rewind()

    def __str__(self) -> str:
        return f"{self.job_type} {self.work_id} ({self.request_id})"


Told = Callable[[bool], None]
"""Called once with what became of a message: true when it was written to a live stream, false when the stream ended before."""


class ProposalSink:
    """Collects proposals into batches of at most 500 and 1 MiB; sends no more than are wanted. What a stream took with it is sent again, and
    what the admin did not take for 5 s is sent last."""

    MOST = 500
    SIZE = 1024 * 1024
    WAITING = 16
    """Batches that the admin did not take in time; one more of them fails the detection."""

    def __init__(
        self, request: wire.RunDetectionRequest, id_as_key: bool, send: Callable[[wire.WorkerToAdminMessage, Told], Optional[Cancellation]],
        canceled: Cancellation, on_loop: Callable[[], bool], refuse: Callable[[str], None],
    ) -> None:
        """``refuse``: told of what is too large to be sent."""
        self._request = request
        self._id_as_key = id_as_key
        self._send = send
        self._canceled = canceled
        self._on_loop = on_loop
        self._refuse = refuse
        self._lock = threading.Lock()
        self._batch: List[wire.JobProposal] = []
        self._size = 0
        self._taken = 0
        self._under_way = 0
        self._returned: Deque[wire.WorkerToAdminMessage] = deque()
        self._news = Cancellation()
        self.sent = 0
        """Proposals that were written to a stream."""

    @property
    def is_full(self) -> bool:
        return 0 < self._request.max_results <= self._taken

    def propose(self, proposal: Proposal) -> bool:
        full, end = self._add(proposal), time.monotonic() + PATIENCE
        while full is not None:
            room = self._hand_over(full)
            if room is None or self._canceled.is_set():
                break
            if self._on_loop():
                raise RuntimeError("the admin is slow to take proposals: use 'await ctx.propose_async(...)' on the loop")
            with self._either(room) as woken:
                if not woken.wait(max(0.0, end - time.monotonic())):
                    self._put_off(full)
                    break
        return self.is_full

    async def propose_async(self, proposal: Proposal) -> bool:
        full = self._add(proposal)
        if full is not None:
            try:
                await asyncio.wait_for(self._send_async(full), PATIENCE)
            except asyncio.TimeoutError:
                self._put_off(full)
        return self.is_full

    async def finish_async(self) -> None:
        """Sends the rest; returns when all is written. The last batch says ``has_more`` when the limit was reached."""
        await self._written_async()
        with self._lock:
            last = self._take(has_more=self.is_full)
        await self._send_async(last)
        await self._written_async()

    async def _written_async(self) -> None:
        while not self._canceled.is_set():
            with self._lock:
                again = self._returned.popleft() if self._returned else None
                self._news = news = Cancellation()
                if again is None and self._under_way == 0:
                    return
            if again is not None:
                await self._send_async(again)
                continue
            with self._either(news) as woken:
                await woken.wait_async()

    def _put_off(self, batch: wire.WorkerToAdminMessage) -> None:
        """It is sent when the handler has returned: nobody is held up for longer."""
        with self._lock:
            if len(self._returned) >= self.WAITING:
                raise TimeoutError(f"the admin takes no proposals: {self.WAITING} batches of them wait")
            self._returned.append(batch)

    async def _send_async(self, message: wire.WorkerToAdminMessage) -> None:
        while True:
            room = self._hand_over(message)
            if room is None or self._canceled.is_set():
                return
            with self._either(room) as woken:
                await woken.wait_async()

    def _hand_over(self, message: wire.WorkerToAdminMessage) -> Optional[Cancellation]:
        """Nothing when it is under way; else what is set when trying again may help."""
        with self._lock:
            self._under_way += 1
        room = self._send(message, lambda written: self._told(message, written))
        if room is not None:
            with self._lock:
                self._under_way -= 1
        return room

    def _told(self, message: wire.WorkerToAdminMessage, written: bool) -> None:
        with self._lock:
            self._under_way -= 1
            if written:
                self.sent += len(message.detection_proposals.proposals)
            else:
                self._returned.append(message)
            news = self._news
        news.set()

    @contextlib.contextmanager
    def _either(self, room: Cancellation) -> Iterator[Cancellation]:
        """Set with the room, which others wait for too, or with the cancel of this work."""
        woken = Cancellation()
        forget = room.link(woken.set), self._canceled.link(woken.set)
        try:
            yield woken
        finally:
            for one in forget:
                one()

    def _add(self, proposal: Proposal) -> Optional[wire.WorkerToAdminMessage]:
        made = proposal.to_wire(self._request.job_type)
        if self._id_as_key and not made.dedupe_key:
            # A foreign admin gives its jobs new ids: without a key it finds no job that is already running.
            made.dedupe_key = made.proposal_id
        size = made.ByteSize()
        if size > self.SIZE:
            self._refuse(f"the proposal {proposal.id} has {size} bytes and is not sent; 1 MiB is the most")
            return None
        with self._lock:
            if self.is_full:
                return None
            full = self._take(has_more=True) if len(self._batch) == self.MOST or self._size + size > self.SIZE else None
            self._batch.append(made)
            self._size += size
            self._taken += 1
            return full

    def _take(self, has_more: bool) -> wire.WorkerToAdminMessage:
        batch, self._batch, self._size = self._batch, [], 0
        return wire.WorkerToAdminMessage(detection_proposals=wire.DetectionProposals(
            request_id=self._request.request_id, job_type=self._request.job_type, proposals=batch, has_more=has_more))
