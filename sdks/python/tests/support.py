"""What the tests share."""
from __future__ import annotations

import logging
import sys
import threading
import unittest
import unittest.mock
from pathlib import Path

SDK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SDK))

import plugin_worker as pw  # noqa: E402
from plugin_worker.wire import plugin_pb2 as wire  # noqa: E402

from grpc import StatusCode as grpc_status  # noqa: E402, F401

from .scripted_admin import ALL, PATIENCE, Link, ScriptedAdmin  # noqa: E402, F401

logging.getLogger("plugin_worker").addHandler(logging.NullHandler())
logging.getLogger("plugin_worker").propagate = False


@pw.job_type("echo")
def echo(ctx):
    return pw.JobOutcome.succeeded("echoed", dict(ctx.request.job.parameters))


class Returning:
    """A detector that is a function."""

    descriptor = pw.DescriptorBuilder("returning").build()

    def __init__(self, detect):
        self.detect = detect


WRONG = [(returned, f"a detector returns proposals, an iterable of them, or nothing, not {type(returned).__name__}")
         for returned in ("", "p-1", b"p-1", 1, pw.Proposal("p-1"))] + [(["p-1"], "a detector yields proposals, not str")]
"""What no detector may return, and what is said of it: to a worker's admin as to a test."""


def silent(link):
    """Accepts the stream and says nothing."""


class Gate:
    """A handler whose jobs wait until the test lets them through; they obey a cancel."""

    def __init__(self, job_type="gate", stubborn=False):
        self.descriptor = pw.DescriptorBuilder(job_type).build()
        self.stubborn = stubborn
        self.begun = threading.Semaphore(0)
        self.canceled = threading.Semaphore(0)
        self._open = {}
        self._lock = threading.Lock()
        self.now = 0
        self.most = 0

    def open(self, job_id):
        self._gate(job_id).set()

    def execute(self, ctx):
        gate = self._gate(ctx.job_id)
        ctx.canceled.on_set(self.canceled.release)
        if not self.stubborn:
            ctx.canceled.on_set(gate.set)
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        passed = gate.wait(PATIENCE)
        with self._lock:
            self.now -= 1
        assert passed, "nobody opened the gate"
        if not self.stubborn:
            ctx.raise_if_canceled()
        return {"job": ctx.job_id}

    def wait_begun(self, count=1):
        for _ in range(count):
            assert self.begun.acquire(timeout=PATIENCE), "no job began"

    def _gate(self, job_id):
        with self._lock:
            return self._open.setdefault(job_id, threading.Event())


class Closed:
    """An on_close that remembers."""

    def __init__(self):
        self.calls = []
        self._news = threading.Condition()

    def __call__(self, reason, session):
        with self._news:
            self.calls.append((reason, session.generation))
            self._news.notify_all()

    def wait(self, count=1):
        with self._news:
            assert self._news.wait_for(lambda: len(self.calls) >= count, PATIENCE), f"{len(self.calls)} of {count} closes came"
            return self.calls[count - 1]


class AdminCase(unittest.TestCase):
    """One admin and the workers made in a test, all ended with it."""

    greeting = staticmethod(Link.greet)

    def setUp(self):
        self.admin = ScriptedAdmin(self.greeting)
        self.addCleanup(self.admin.stop)

    def worker(self, *handlers, on_close=None, **options):
        options = {"address": self.admin.address, "worker_id": "w-test", "registration_timeout": 30.0, **options}
        worker = pw.PluginWorker(pw.WorkerOptions(**options), handlers or [echo], on_close=on_close)
        self.addCleanup(worker.close)
        return worker

    def connected(self, *handlers, **options):
        worker = self.worker(*handlers, **options)
        worker.start()
        return worker, self.admin.link()


class Async:
    """A blocking call on a thread; the result, or what it raised, by :meth:`result`."""

    def __init__(self, function, *arguments, **named):
        self._outcome = {}

        def run():
            try:
                self._outcome["result"] = function(*arguments, **named)
            except BaseException as error:
                self._outcome["error"] = error

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def result(self, timeout=PATIENCE):
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the call hangs"
        if "error" in self._outcome:
            raise self._outcome["error"]
        return self._outcome["result"]

    @property
    def is_over(self):
        return not self._thread.is_alive()


def begin_wait(worker):
    """``worker.wait()`` on a thread; it has found the session that is current now, however soon that ends."""
    begun, wait = threading.Event(), worker._core.wait

    async def found():
        begun.set()
        return await wait()

    with unittest.mock.patch.object(worker._core, "wait", found):
        waiting = Async(worker.wait)
        assert begun.wait(PATIENCE), "the wait does not begin"
    return waiting
