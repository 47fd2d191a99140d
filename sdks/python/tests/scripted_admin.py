"""A small admin that does what a test tells it: a real gRPC server on a free loopback port. As a program it is an admin that can be killed."""
from __future__ import annotations

import json
import queue
import sys
import threading
import time
from concurrent import futures
from pathlib import Path

import grpc

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from plugin_worker.wire import plugin_pb2 as wire  # noqa: E402

ALL = ("log", "ack", "resume", "ping", "drain")
PATIENCE = 20.0


class Link:
    """One stream of a worker, seen from the admin."""

    def __init__(self, context):
        self.metadata = dict(context.invocation_metadata())
        self.hello = None
        self.received = []
        self._news = threading.Condition()
        self._out = queue.Queue()
        self._seen = 0
        self.over = threading.Event()
        self.reads = threading.Event()
        self.reads.set()
        self.stops_after = None
        """A kind of message: what comes after the next one of it is not read."""

    def send(self, request_id="", **body):
        self._out.put(wire.AdminToWorkerMessage(request_id=request_id, **body))

    def send_bytes(self, data):
        self._out.put(data)

    def greet(self, accepted=True, message="", extensions=ALL, interval=10, delay=5):
        self.send(hello=wire.AdminHello(
            accepted=accepted, message=message, heartbeat_interval_seconds=interval, reconnect_delay_seconds=delay, extensions=extensions))

    def execute(self, job_id, job_type, request_id="", parameters=None, timeout=0, attempt=1, **rest):
        request = wire.ExecuteJobRequest(
            request_id=request_id or f"r-{job_id}", attempt=attempt, job=wire.JobSpec(job_id=job_id, job_type=job_type, parameters=parameters or {}),
            admin_runtime=wire.AdminRuntimeConfig(execution_timeout_seconds=timeout), **rest)
        self.send(request.request_id, execute_job_request=request)

    def end(self, code=grpc.StatusCode.OK, text=""):
        """Ends the stream with a status."""
        self._out.put((code, text))

    def expect(self, kind, where=lambda body: True, timeout=PATIENCE, ahead=False):
        """The next message of that kind that fits, after those found so far; ``ahead`` passes over none for those who look next."""
        end = time.monotonic() + timeout
        with self._news:
            while True:
                for at in range(self._seen, len(self.received)):
                    if self.received[at].WhichOneof("body") == kind and where(getattr(self.received[at], kind)):
                        self._seen = self._seen if ahead else at + 1
                        return getattr(self.received[at], kind)
                left = end - time.monotonic()
                if left <= 0 or (self.over.is_set() and not self._news.wait(0.2)):
                    kinds = [message.WhichOneof("body") for message in self.received]
                    raise AssertionError(f"no {kind} came; there were {kinds}")
                self._news.wait(min(left, 0.5))

    def all(self, kind):
        with self._news:
            return [getattr(message, kind) for message in self.received if message.WhichOneof("body") == kind]

    def _take(self, message):
        with self._news:
            self.received.append(message)
            self._news.notify_all()

    def _read(self, requests):
        try:
            for message in requests:
                if message.WhichOneof("body") == self.stops_after:
                    self.reads.clear()
                self._take(message)
                self.reads.wait()  # Cleared: an admin that does not read on.
        except grpc.RpcError:
            pass
        self._out.put(None)


class ScriptedAdmin:
    """``greeting`` is called with each new link after its hello; default: accepts with all extensions."""

    def __init__(self, greeting=Link.greet, port=0, headers=(), credentials=None):
        self.greeting = greeting
        self.headers = headers
        self._links = queue.Queue()
        # Without the probe a window of 64 KiB stays what it is; with it the transport takes in megabytes that a test's admin does not read.
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=128), options=[("grpc.so_reuseport", 0), ("grpc.http2.bdp_probe", 0)])
        self._server.add_generic_rpc_handlers((self,))
        here = f"127.0.0.1:{port}"
        self.port = self._server.add_secure_port(here, credentials) if credentials else self._server.add_insecure_port(here)
        if not self.port:
            raise OSError(f"port {port} is taken")
        self.address = f"grpc://127.0.0.1:{self.port}"
        self._server.start()

    def service(self, details):
        return grpc.stream_stream_rpc_method_handler(
            self._serve, request_deserializer=wire.WorkerToAdminMessage.FromString,
            response_serializer=lambda message: message if isinstance(message, bytes) else message.SerializeToString())

    def link(self, timeout=PATIENCE):
        """The next link that said hello."""
        return self._links.get(timeout=timeout)

    def stop(self):
        self._server.stop(None).wait()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def _serve(self, requests, context):
        link = Link(context)
        context.send_initial_metadata(self.headers)
        try:
            first = next(requests)
        except (StopIteration, grpc.RpcError):
            return
        link._take(first)
        link.hello = first.hello
        link._seen = 1
        threading.Thread(target=link._read, args=(requests,), daemon=True).start()
        self.greeting(link)
        self._links.put(link)
        try:
            while (message := link._out.get()) is not None:
                if isinstance(message, tuple):
                    if message[0] is not grpc.StatusCode.OK:
                        context.abort(*message)
                    return
                yield message
        finally:
            link.over.set()


def hand_out(port, jobs):
    """An admin to be killed: hands ``jobs`` jobs to a worker that claims none; a completion is told on stdout when the worker knows that it arrived."""
    def say(**line):
        print(json.dumps(line), flush=True)

    with ScriptedAdmin(port=port) as admin:
        say(port=admin.port)
        while True:
            link = admin.link(timeout=600)
            confirmed = 0
            claimed = sorted(work.request_id for work in link.hello.running_work)
            say(claimed=claimed)
            if not claimed and jobs:
                for number in range(jobs):
                    link.execute(f"j-{number}", "gate", attempt=1)
                for _ in range(jobs):
                    assert link.expect("acknowledge").accepted
                say(acknowledged=jobs)
                jobs = 0
            while not link.over.is_set():
                try:
                    done = link.expect("job_completed", timeout=1)
                except AssertionError:
                    continue
                link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id, job_id=done.job_id))
                confirmed += 1
                link.send(ping=wire.Ping(nonce=confirmed))
                link.expect("pong", lambda pong: pong.nonce == confirmed, ahead=True)  # What follows the acknowledgement is answered: the worker has it.
                say(completed=done.request_id)


if __name__ == "__main__":
    if sys.argv[1] == "accept":
        # Accepts every worker, for as long as there is somebody at the other end of stdin.
        with ScriptedAdmin() as accepting:
            print(accepting.port, flush=True)
            threading.Thread(target=lambda: [accepting.link(timeout=3600) for _ in iter(int, 1)], daemon=True).start()
            sys.stdin.read()
    else:
        hand_out(int(sys.argv[1]), int(sys.argv[2]))
