"""Streams of workers: greeting, signs of life, correlation of answers, schemas on connect."""
import asyncio
import random
import time

import grpc
import plugin_pb2 as pb
import plugin_pb2_grpc as stubs

QUEUE_LENGTH = 128
ENQUEUE_TIMEOUT = 5.0


def new_id(prefix):
    return f"{prefix}-{time.time_ns()}-{random.getrandbits(64):016x}"


class Pending:
    """A request that waits for its end; detections collect batches on the way."""

    def __init__(self):
        self.ended = asyncio.get_running_loop().create_future()
        self.progressed = asyncio.Event()
        self.batches = []

    def end(self, message):
        if not self.ended.done():
            self.ended.set_result(message)


class Session:
    def __init__(self, hello, sent, stale_after):
        self.hello, self.heartbeat = hello, None
        self.last_seen = time.monotonic()
        self.outgoing = asyncio.Queue(QUEUE_LENGTH)
        self._sent, self._stale_after = sent, stale_after

    @property
    def worker_id(self):
        return self.hello.worker_id

    @property
    def is_stale(self):
        return time.monotonic() - self.last_seen > self._stale_after

    def capability(self, job_type):
        return next((offer for offer in self.hello.capabilities if offer.job_type == job_type), None)

    def view(self):
        beat = self.heartbeat
        return {
            "worker_id": self.worker_id,
            "job_types": sorted(offer.job_type for offer in self.hello.capabilities),
            "used": beat.execution_slots_used if beat else 0,
            "total": beat.execution_slots_total if beat else 0,
        }

    async def send(self, message):
        message.sent_at.GetCurrentTime()
        try:
            await asyncio.wait_for(self.outgoing.put(message), ENQUEUE_TIMEOUT)
        except asyncio.TimeoutError:
            raise RuntimeError(f"timed out sending message to worker {self.worker_id}") from None
        self._sent(message)

    def end(self):
        """Lets the writer end the stream; what is queued is not sent any more, and what comes goes nowhere."""
        former, self.outgoing = self.outgoing, asyncio.Queue(QUEUE_LENGTH)
        while not former.empty():
            former.get_nowait()
        former.put_nowait(None)

    async def hidden(self):
        """Returns when nothing was heard for so long that the worker is not listed any more."""
        while not self.is_stale:
            await asyncio.sleep(self.last_seen + self._stale_after - time.monotonic() + 0.01)


class Sessions(stubs.PluginControlServiceServicer):
    def __init__(self, settings, received, sent):
        self._settings, self._received, self._sent = settings, received, sent
        self._by_id = {}
        self._pending = {}
        self.admin = None

    def live(self):
        return [session for _, session in sorted(self._by_id.items()) if not session.is_stale]

    def any(self):
        """Whoever is connected, stale or not."""
        return next(iter(self._by_id.values()))

    def end_all(self):
        for session in list(self._by_id.values()):
            session.end()

    def expect(self, request_id):
        self._pending[request_id] = Pending()
        return self._pending[request_id]

    def forget(self, request_id):
        self._pending.pop(request_id, None)

    async def WorkerStream(self, requests, context):
        first = await context.read()
        if first is grpc.aio.EOF:
            return
        self._received(first)
        if first.WhichOneof("body") != "hello":
            await context.abort(grpc.StatusCode.UNKNOWN, "first message must be hello")
        if not first.hello.worker_id.strip():
            await context.abort(grpc.StatusCode.UNKNOWN, "worker_id is required")
        session = Session(first.hello, self._sent, self._settings["stale_after"])
        if former := self._by_id.get(session.worker_id):
            former.end()
        self._by_id[session.worker_id] = session
        outgoing = session.outgoing
        greeting = asyncio.create_task(self._greet(session))
        reading = asyncio.create_task(self._read(session, outgoing, context))
        try:
            while (message := await outgoing.get()) is not None:
                await context.write(message)
        finally:
            reading.cancel()
            greeting.cancel()
            # As upstream: whatever is stored under the id goes, also a newcomer that replaced this stream.
            self._by_id.pop(session.worker_id, None)

    async def _greet(self, session):
        """Hello, then schemas that nobody knows yet, one at a time."""
        if self._settings.get("hello", True):
            await session.send(pb.AdminToWorkerMessage(hello=pb.AdminHello(
                accepted=True,
                message="plugin connected",
                heartbeat_interval_seconds=self._settings["heartbeat_interval"],
                reconnect_delay_seconds=self._settings["reconnect_delay"])))
        if not self._settings.get("prefetch", True):
            return
        for job_type in sorted(offer.job_type for offer in session.hello.capabilities if offer.job_type and (offer.can_detect or offer.can_execute)):
            if job_type not in self.admin.descriptors:
                await self._fetch(session, job_type)

    async def _fetch(self, session, job_type):
        request_id = new_id("schema")
        pending = self.expect(request_id)
        await session.send(pb.AdminToWorkerMessage(request_id=request_id, request_config_schema=pb.RequestConfigSchema(job_type=job_type)))
        try:
            await asyncio.wait_for(pending.ended, self._settings["schema_timeout"])
        except asyncio.TimeoutError:
            pass
        finally:
            self.forget(request_id)

    async def _read(self, session, outgoing, context):
        try:
            while (message := await context.read()) is not grpc.aio.EOF:
                self._received(message)
                self._take(session, message)
        finally:
            # The worker has closed its side, or its connection is gone: the writer ends the stream.
            if outgoing.full():
                outgoing.get_nowait()
            outgoing.put_nowait(None)

    def _take(self, session, message):
        """Acknowledgements are ignored; only hello and heartbeat are signs of life."""
        body = message.WhichOneof("body")
        if body == "hello":
            session.hello, session.last_seen = message.hello, time.monotonic()
        elif body == "heartbeat":
            session.heartbeat, session.last_seen = message.heartbeat, time.monotonic()
        elif body == "config_schema_response":
            self.admin.describe(message.config_schema_response)
            self._end(message.config_schema_response)
        elif body == "detection_proposals":
            if pending := self._pending.get(message.detection_proposals.request_id):
                pending.batches.append(message.detection_proposals)
        elif body == "detection_complete":
            self._end(message.detection_complete)
        elif body == "job_progress_update":
            self.admin.progress(message.job_progress_update)
            if pending := self._pending.get(message.job_progress_update.request_id):
                pending.progressed.set()
        elif body == "job_completed" and message.job_completed.job_type:
            self._end(message.job_completed)
        elif body == "object_preview_response":
            self._end(message.object_preview_response)

    def _end(self, answer):
        if pending := self._pending.get(answer.request_id):
            pending.end(answer)
