"""Runs: one session, or one after the other."""
from __future__ import annotations

import threading
import unittest

import grpc

from .support import Async, AdminCase, Closed, Gate, pw, silent, wire


class Runs(AdminCase):
    def test_run_returns_and_runs_again(self):
        worker = self.worker()
        for generation in (1, 2):
            running = Async(worker.run)
            self.admin.link().end()
            result = running.result()
            self.assertEqual((result.reason, result.session.generation), (pw.CloseReason.CONNECTION_LOST, generation))

    def test_cancelled_run_drains_then_raises(self):
        gate = Gate()
        worker = self.worker(gate)
        cancel = pw.Cancellation()
        running = Async(worker.run, cancel=cancel)
        link = self.admin.link()
        link.execute("j", "gate")
        gate.wait_begun()
        cancel.set()
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        gate.open("j")
        done = link.expect("job_completed")
        self.assertTrue(done.success)
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        with self.assertRaises(pw.RunCanceled):
            running.result()
        running = Async(worker.run)
        self.admin.link().end()
        self.assertIs(running.result().reason, pw.CloseReason.CONNECTION_LOST)

    def test_run_forever_dials_again_and_ends_with_stop(self):
        closed = Closed()
        self.admin.greeting = lambda link: link.greet(delay=1)
        worker = self.worker(on_close=closed)
        running = Async(worker.run_forever, pw.RestartPolicy(longest_delay=0.05))
        for _ in range(3):
            self.admin.link().end()
        self.admin.link()
        closed.wait(3)
        worker.stop()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual([generation for _, generation in closed.calls], list(range(1, worker.session.generation + 1)))

    def test_stop_between_two_sessions_ends_run_forever(self):
        closed = Closed()
        worker = self.worker(on_close=closed)
        running = Async(worker.run_forever, pw.RestartPolicy(longest_delay=60))
        self.admin.greeting = lambda link: link.greet(delay=60)
        self.admin.link().end()
        closed.wait()
        worker.stop()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)

    def test_stop_before_the_first_connection_ends_run_forever(self):
        paused = threading.Event()

        class Policy(pw.RestartPolicy):
            def delay(self, tries, first):
                paused.set()
                return 60.0

        for greeting, meanwhile in ((silent, lambda: self.admin.link()), (lambda link: link.greet(False, "not now"), lambda: paused.wait(60))):
            self.admin.greeting = greeting
            worker = self.worker()
            running = Async(worker.run_forever, Policy())
            self.assertTrue(meanwhile())
            worker.stop()
            result = running.result()
            self.assertEqual((result.reason, result.session, result.served), (pw.CloseReason.STOP_REQUESTED, None, 0.0))

    def test_shutdown_of_a_foreign_admin_may_pass(self):
        self.admin.greeting = lambda link: link.greet(extensions=(), delay=1)
        worker = self.worker()
        running = Async(worker.run_forever, pw.RestartPolicy(longest_delay=0.05))
        self.admin.link().send(shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=1))
        self.admin.link().expect("heartbeat")
        worker.stop()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)

    def test_run_forever_ends_with_what_does_not_pass(self):
        for act, reason in (
            (lambda link: link.end(grpc.StatusCode.ABORTED, ""), pw.CloseReason.REPLACED),
            (lambda link: link.send(shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=1)), pw.CloseReason.ADMIN_SHUTDOWN),
        ):
            running = Async(self.worker().run_forever)
            act(self.admin.link())
            self.assertIs(running.result().reason, reason)
        self.admin.greeting = lambda link: link.greet(False, "permanent")
        with self.assertRaises(pw.Rejected):
            self.worker().run_forever()


class Policy(unittest.TestCase):
    def test_pauses(self):
        policy = pw.RestartPolicy(jitter=lambda: 0.5)
        self.assertEqual([policy.delay(n, 5.0) for n in (1, 2, 3, 4, 50)], [5.0, 10.0, 20.0, 30.0, 30.0])
        self.assertEqual([policy.delay_at_work(n) for n in (1, 2, 50)], [0.2, 2.0, 2.0])
        for jitter, expected in ((0.0, [4.0, 8.0, 24.0, 0.16, 1.6]), (1.0, [6.0, 12.0, 30.0, 0.24, 2.4])):
            edge = pw.RestartPolicy(jitter=lambda: jitter)
            self.assertEqual([round(delay, 6) for delay in (edge.delay(1, 5.0), edge.delay(2, 5.0), edge.delay(9, 5.0), edge.delay_at_work(1), edge.delay_at_work(2))], expected)

    def test_reasons(self):
        passing = {reason for reason in pw.CloseReason if pw.RestartPolicy.restarts(reason)}
        self.assertEqual({reason.value for reason in passing}, {"ConnectionLost", "HeartbeatTimeout", "Unreachable", "Timeout", "Rejected"})
        self.assertFalse(any(pw.RestartPolicy.restarts(reason, permanent=True) for reason in pw.CloseReason))
