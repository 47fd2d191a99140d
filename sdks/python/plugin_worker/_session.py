"""One session: says hello, takes what the admin says, ends once, with a reason. Belongs to the core loop."""
from __future__ import annotations

import asyncio
import secrets
import threading
import time
from pathlib import Path
from typing import Any, Callable, FrozenSet, List, Mapping, Optional, Set, Tuple

from google.protobuf.message import DecodeError

from ._attempt import RunningAttempt, Told
from ._door import Door
from ._meanings import Close, is_permanent, meaning, refusal
from ._outbox import Outbox
from ._requests import Requests
from ._runner import WorkRunner
from ._transport import Stream, StreamEnd
from .addresses import Target
from .handlers import Handler
from .options import WorkerOptions
from .sessions import CloseReason, ProtocolError, Rejected, StartTimeout, Unreachable
from .wire import plugin_pb2 as wire

HEARTBEAT = 10.0
"""Until the admin says otherwise, and the longest with an admin that is not one of ours: those hide silent workers after a time of their own."""
RECONNECT = 5.0
_MOST_UNHANDLED = 256
_WATCH = 1.0


class Session:
    """Made for one dial. :meth:`open`, then :attr:`closed`, then :meth:`dispose`."""

    def __init__(
        self, options: WorkerOptions, runner: WorkRunner, handlers: Mapping[str, Handler], worker_id: str, token: Optional[str],
        on_token: Callable[[str], None], door: Optional[Door] = None,
    ) -> None:
        """``on_token``: told of the token that the admin gives in exchange. ``door``: of the connection it is dialled over, ended with it."""
        self._door = door
        self._options = options
        self._runner = runner
        self._handlers = handlers
        self._worker_id = worker_id
        self._on_token = on_token
        self._token = token or _read_token(options.token_file)
        self._loop = asyncio.get_running_loop()
        self._stream: Optional[Stream] = None
        self._unhandled = threading.BoundedSemaphore(_MOST_UNHANDLED)
        self._accepted: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[StreamEnd] = self._loop.create_future()
        self._heard = False
        self._heard_at = time.monotonic()
        self._health: Optional[str] = None
        self._stopping = False
        self._finishing = False
        self.lost = asyncio.Event()
        """Set when it ends before its time, also in the middle of a stop."""
        self._watching: Optional[asyncio.Task[None]] = None
        self._requests = Requests(self, runner, handlers)
        self.outbox = Outbox(worker_id, lambda: self._runner.running, self._heartbeat, options.max_send_bytes)
        self.closed: asyncio.Future[Close] = self._loop.create_future()
        self.instance_id = f"inst-{secrets.token_hex(8)}"
        self.address = ""
        self.extensions: FrozenSet[str] = frozenset()
        self.heartbeat_interval = HEARTBEAT
        self.reconnect_delay = RECONNECT
        self.admin_version = "unknown"
        self.shutdown_grace = 30.0

    @property
    def is_ours(self) -> bool:
        """The admin agreed to extensions, so it is one of ours."""
        return bool(self.extensions)

    @property
    def takes_output(self) -> bool:
        return "log" in self.extensions

    @property
    def acknowledges(self) -> bool:
        return "ack" in self.extensions

    async def open(self, target: Target, claim: bool) -> None:
        """Dials, says hello, waits for the admin's. Raises a ``StartFailure``; the caller disposes in any case."""
        self.address = target.address if self._door is None else "the given connection"
        self.outbox.put(wire.WorkerToAdminMessage(hello=self._hello(claim)))
        try:
            self._stream = Stream(target, self._options, self._token, self.outbox, self._on_message, self._on_headers, self._on_end)
        except OSError as error:
            raise Unreachable(str(error)) from error
        waiting: Set[asyncio.Future[Any]] = {self._accepted, self._ended}
        await asyncio.wait(waiting, timeout=self._options.registration_timeout, return_when=asyncio.FIRST_COMPLETED)
        if self._accepted.done():
            self._accepted.result()
        elif self._ended.done():
            raise refusal(self._ended.result(), self.address)
        elif self._heard:
            self._accepted.set_result(None)  # Whoever asks for something has taken the worker. Without a hello it knows no extensions.
        else:
            raise StartTimeout(f"no hello came from {self.address} within {self._options.registration_timeout:g} s")
        self._begin()

    def send(self, message: wire.WorkerToAdminMessage, after: Optional[RunningAttempt] = None, told: Optional[Told] = None) -> None:
        """Queues a message; what the attempt still has to say goes before it."""
        if self.outbox.put(message, after, told):
            return
        if told is not None:
            told(False)
        if not self.closed.done() and not self._stopping:
            self.close(Close(CloseReason.CONNECTION_LOST, "the admin does not read; the outgoing queue is full"))

    def acknowledge(self, request_id: str, accepted: bool, message: str) -> None:
        self.send(wire.WorkerToAdminMessage(acknowledge=wire.WorkerAcknowledge(request_id=request_id, accepted=accepted, message=message)))

    def work_changed(self) -> None:
        self.outbox.beat_soon()

    def close(self, why: Close) -> None:
        """The first reason counts; once the worker is stopping, that is it."""
        if not self.closed.done():
            if why.reason in (CloseReason.CONNECTION_LOST, CloseReason.HEARTBEAT_TIMEOUT) and not self._finishing:
                self.lost.set()
            self.closed.set_result(Close(CloseReason.STOP_REQUESTED, "stop requested") if self._stopping else why)

    @property
    def was_lost(self) -> bool:
        """It ended before its time, also in the middle of a stop."""
        return self.lost.is_set()

    def stopping(self) -> None:
        """From here on every end is the one that was asked for."""
        self._stopping = True

    async def finish(self, timeout: float) -> None:
        """What is queued is written, the stream is half-closed, and the admin gets a moment to end it too: a stream that is cancelled takes
        with it what the other side has not read yet."""
        self._finishing = True
        self.outbox.finish()
        await asyncio.wait({self._ended}, timeout=timeout)

    async def abandon(self) -> None:
        """Ends a session that never began. What it brought meanwhile is for nothing."""
        self._runner.detach(self)
        for attempt in self._runner.running:
            if attempt.origin is self:
                attempt.canceled.set()
        await asyncio.shield(self.dispose())

    async def dispose(self) -> None:
        """Ends the stream and waits until its reader has ended."""
        self.close(Close(CloseReason.STOP_REQUESTED, "the session was disposed"))
        if self._watching is not None:
            self._watching.cancel()
        self.outbox.abort()
        if self._stream is not None:
            self._stream.cancel()
            await asyncio.wait({self._ended}, timeout=5.0)
            self._stream.close()
        if self._door is not None:
            self._door.close()
        if self._accepted.done() and not self._accepted.cancelled():
            self._accepted.exception()

    # On the reader's thread.

    def _on_headers(self, headers: List[Tuple[str, str]]) -> None:
        found = dict(headers)
        self._loop.call_soon_threadsafe(self._take_headers, found.get("plugin-admin-version"), found.get("plugin-token"))

    def _on_message(self, data: bytes) -> None:
        self._heard_at = time.monotonic()
        try:
            message = wire.AdminToWorkerMessage.FromString(data)
        except DecodeError as error:
            text = f"a message of the admin cannot be read: {error}"
            self._loop.call_soon_threadsafe(self._broken, text)
            return
        self._unhandled.acquire()  # A flood stays in the transport, where its sender has to wait.
        self._loop.call_soon_threadsafe(self._take_guarded, message)

    def _on_end(self, end: StreamEnd) -> None:
        self._loop.call_soon_threadsafe(self._take_end, end)

    # On the core loop again.

    def _take_headers(self, version: Optional[str], token: Optional[str]) -> None:
        self.admin_version = version or self.admin_version
        if token:
            # It makes the former one void, whatever becomes of this start.
            self._on_token(token)

    def _broken(self, text: str) -> None:
        if not self._accepted.done():
            self._accepted.set_exception(ProtocolError(text))
        self.close(Close(CloseReason.PROTOCOL_ERROR, text))

    def _take_end(self, end: StreamEnd) -> None:
        self.outbox.abort()
        if not self._ended.done():
            self._ended.set_result(end)
        self.close(meaning(end, is_silent=time.monotonic() - self._heard_at >= 3 * self.heartbeat_interval))

    def _take_guarded(self, message: wire.AdminToWorkerMessage) -> None:
        self._unhandled.release()
        try:
            if not self._ended.done():
                self._take(message)
        except Exception as error:
            self._options.logger.error("taking a message failed: %s", error, exc_info=error)
            self._broken(f"{type(error).__name__}: {error}")

    def _take(self, message: wire.AdminToWorkerMessage) -> None:
        if message.HasField("hello"):
            self._greet(message.hello)
            return
        if not self._heard and not self._accepted.done():
            self._runner.answer_to(self)  # Some admins ask before they say hello.
        self._heard = True
        self._requests.take(message)

    def _greet(self, hello: wire.AdminHello) -> None:
        if self._accepted.done():
            if hello.accepted:
                self._options.logger.warning("the admin said hello twice; the second one changes nothing")
            else:
                self.close(Close(CloseReason.REJECTED, hello.message, is_permanent(hello.message)))
            return
        if not hello.accepted:
            self._accepted.set_exception(Rejected(hello.message or "the admin did not accept this worker", is_permanent(hello.message)))
            return
        self.extensions = frozenset(hello.extensions) & frozenset(self._options.extensions)
        if hello.heartbeat_interval_seconds > 0:
            asked = float(hello.heartbeat_interval_seconds)
            self.heartbeat_interval = asked if self.is_ours else min(asked, HEARTBEAT)
        if hello.reconnect_delay_seconds > 0:
            self.reconnect_delay = float(hello.reconnect_delay_seconds)
        self._accepted.set_result(None)

    def _begin(self) -> None:
        self._runner.attach(self)
        self.outbox.start_beats(self.heartbeat_interval, self.takes_output)
        self._watching = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        """Looks whether the queue moves, and asks the handlers how they are, once a heartbeat."""
        health = self._loop.time()
        while not self.closed.done():
            if self.outbox.is_stuck():
                self.close(Close(CloseReason.CONNECTION_LOST, "the admin does not read; the outgoing queue is full"))
                return
            if self._loop.time() >= health:
                health = self._loop.time() + self.heartbeat_interval
                found = await self._runner.short.health()
                if found != self._health:
                    self._health = found
                    self.outbox.beat_soon()
            await asyncio.sleep(_WATCH)

    def shut_down(self, shutdown: wire.AdminShutdown) -> None:
        """The admin goes away, or has another worker of this id."""
        if self._stopping:
            return  # It ends already, and in order.
        grace = shutdown.grace_period_seconds
        self.shutdown_grace = float(grace) if 0 < grace < 86_400 else 30.0
        self.close(Close(CloseReason.REPLACED if shutdown.reason == "replaced" else CloseReason.ADMIN_SHUTDOWN, shutdown.reason))

    def _hello(self, claim: bool) -> wire.WorkerHello:
        options = self._options
        return wire.WorkerHello(
            worker_id=self._worker_id, worker_instance_id=self.instance_id, worker_version=options.version, protocol_version="plugin.v1",
            capabilities=[
                wire.JobTypeCapability(
                    job_type=handler.job_type, can_detect=handler.detect is not None, can_execute=handler.execute is not None,
                    max_detection_concurrency=options.detection_slots, max_execution_concurrency=options.execution_slots,
                    display_name=handler.descriptor.display_name, description=handler.descriptor.description, weight=handler.weight)
                for handler in self._handlers.values()
            ],
            metadata=options.metadata(),
            running_work=[
                attempt.snapshot(with_request=True) for attempt in (*self._runner.running, *self._runner.completions.unsent())
            ] if claim else [])

    def _heartbeat(self) -> wire.WorkerHeartbeat:
        """On the writer's thread."""
        runner, options = self._runner, self._options
        beat = wire.WorkerHeartbeat(
            worker_id=self._worker_id, detection_slots_used=runner.detecting, detection_slots_total=options.detection_slots,
            execution_slots_used=runner.executing, execution_slots_total=options.execution_slots,
            running_work=[attempt.snapshot(with_request="resume" in self.extensions) for attempt in runner.running])
        beat.metadata["runtime"] = "python"
        if self._health is not None:
            beat.metadata["health"] = self._health
        if runner.draining:
            beat.metadata["draining"] = "true"
        return beat


def _read_token(file: Optional[str]) -> Optional[str]:
    try:
        return Path(file).read_text("utf-8").strip() or None if file else None
    except OSError as error:
        raise Unreachable(f"the token cannot be read: {error}") from error
