"""What becomes of work and results when the stream, or the admin itself, goes away."""
from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
import unittest
import unittest.mock
from pathlib import Path

from plugin_worker import _attempt, _drain
from plugin_worker._attempt import LogRing
from plugin_worker._forever import LONGEST
from plugin_worker._outbox import Outbox

from .support import Async, AdminCase, Closed, Gate, Link, begin_wait, grpc_status, pw, wire

ADMIN = Path(__file__).with_name("scripted_admin.py")


def confirm(link, done):
    link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id, job_id=done.job_id))


class Losses(AdminCase):
    def test_work_goes_on_and_is_claimed(self):
        gate = Gate()
        worker, link = self.connected(gate)
        for job in ("a", "b"):
            link.execute(job, "gate")
        gate.wait_begun(2)
        waiting = begin_wait(worker)
        link.end()
        self.assertIs(waiting.result() and worker.state, pw.WorkerState.STOPPED)
        gate.open("a")  # It ends while nobody listens.
        worker.start()
        again = self.admin.link()
        self.assertEqual({work.request_id for work in again.hello.running_work}, {"r-a", "r-b"})
        self.assertEqual({work.kind for work in again.hello.running_work}, {wire.WORK_KIND_EXECUTION})
        gate.open("b")
        done = [again.expect("job_completed") for _ in range(2)]
        self.assertEqual({one.request_id for one in done}, {"r-a", "r-b"})
        self.assertTrue(all(one.success for one in done))

    def test_window_over_cancels_and_the_result_is_a_late_report(self):
        gate = Gate()
        worker, link = self.connected(gate, resume_window=0.2)
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        self.assertTrue(gate.canceled.acquire(timeout=5), "the handler was not cancelled")
        worker.wait()
        worker.start()
        again = self.admin.link()
        self.assertEqual(list(again.hello.running_work), [])
        late = again.expect("job_completed")
        self.assertEqual((late.error_message, late.result.output_values["late_report"].bool_value), ("context canceled", True))

    def test_a_claim_on_its_way_when_the_window_ends_is_decided_by_the_admin(self):
        for takes in (True, False):
            with self.subTest(takes=takes):
                gate = Gate()
                worker, link = self.connected(gate, resume_window=2.0)
                link.execute("a", "gate")
                gate.wait_begun()
                self.admin.greeting = lambda link: None
                link.end()
                worker.wait()
                lost = time.monotonic()
                starting = Async(worker.start)
                again = self.admin.link()
                self.assertEqual([work.request_id for work in again.hello.running_work], ["r-a"])
                time.sleep(max(0.0, lost + 2.3 - time.monotonic()))  # It is the window that passes.
                if takes:
                    again.greet()
                    starting.result()
                    gate.open("a")
                    self.assertTrue(again.expect("job_completed").success)
                else:
                    again.end()
                    with self.assertRaises(pw.StartFailure):
                        starting.result()
                    self.assertTrue(gate.canceled.acquire(timeout=5), "the handler was not cancelled")
                worker.close()
                self.admin.greeting = Link.greet

    def test_stop_after_a_loss_gives_up_the_work_and_waits_for_its_end(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        worker.wait()
        worker.stop()
        self.assertEqual((gate.canceled.acquire(blocking=False), worker._core._runner.running), (True, ()))
        worker.start()
        again = self.admin.link()
        late = again.expect("job_completed")
        self.assertEqual((list(again.hello.running_work), late.result.output_values["late_report"].bool_value), ([], True))

    def lost_at_work(self, **options):
        """A run_forever whose stream was lost in the middle of a job, and that does not try again by itself."""
        gate, tried = Gate(), threading.Event()

        class Policy(pw.RestartPolicy):
            def delay_at_work(self, tries):
                tried.set()
                return 3600.0

        worker = self.worker(gate, **options)
        cancel = pw.Cancellation()
        running = Async(worker.run_forever, Policy(), cancel=cancel)
        link = self.admin.link()
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        self.assertTrue(tried.wait(10))
        return worker, gate, running, cancel

    def finish(self, worker, gate):
        gate.open("a")
        while worker._core._runner.running:
            self.assertFalse(threading.Event().wait(0.01))

    def test_stop_between_two_tries_still_brings_the_result_home(self):
        closed = Closed()
        worker, gate, running, _ = self.lost_at_work(on_close=closed)
        self.finish(worker, gate)
        stopping = Async(worker.stop)
        again = self.admin.link()
        done = again.expect("job_completed")
        self.assertEqual((done.request_id, done.success), ("r-a", True))
        again.execute("b", "gate")
        self.assertEqual(again.expect("acknowledge").message, "executor is at capacity")
        self.assertFalse(stopping.is_over or running.is_over)
        confirm(again, done)
        stopping.result()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual([generation for _, generation in closed.calls], [1, 2])

    def test_cancel_between_two_tries_lets_work_end_and_brings_its_result_home(self):
        worker, gate, running, cancel = self.lost_at_work()
        cancel.set()
        again = self.admin.link()
        self.assertEqual([work.request_id for work in again.hello.running_work], ["r-a"])
        again.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        gate.open("a")
        done = again.expect("job_completed")
        confirm(again, done)
        self.assertTrue(done.success)
        with self.assertRaises(pw.RunCanceled):
            running.result()

    def test_stop_while_dialling_brings_the_result_home_when_the_admin_is_back(self):
        refused = queue.Queue()

        class Policy(pw.RestartPolicy):
            def delay_at_work(self, tries):
                return 0.0

        gate = Gate()
        worker = self.worker(gate)
        running = Async(worker.run_forever, Policy())
        link = self.admin.link()
        link.execute("a", "gate")
        gate.wait_begun()
        self.admin.greeting = refused.put  # The dial hangs.
        link.end()
        refused.get(timeout=10)
        self.finish(worker, gate)
        back = queue.Queue()
        self.admin.greeting = lambda one: (one.end(grpc_status.UNAVAILABLE), refused.put(one))
        stopping = Async(worker.stop)
        for _ in range(3):
            refused.get(timeout=10)
        self.assertFalse(stopping.is_over)
        self.admin.greeting = lambda one: (one.greet(), back.put(one))
        again = back.get(timeout=10)
        confirm(again, again.expect("job_completed"))
        stopping.result()
        running.result()

    def test_start_by_somebody_else_while_a_stop_dials_on_takes_the_results_along_and_new_work(self):
        worker, gate, running, _ = self.lost_at_work()
        self.finish(worker, gate)
        self.admin.greeting = lambda one: one.end(grpc_status.UNAVAILABLE)
        stopping = Async(worker.stop, grace=3600)
        self.admin.link()
        while worker.state is not pw.WorkerState.STOPPED:
            self.assertFalse(threading.Event().wait(0.01))
        self.admin.greeting = Link.greet
        worker.start()
        again = self.admin.link()
        confirm(again, again.expect("job_completed"))
        again.execute("b", "gate")
        self.assertTrue(again.expect("acknowledge").accepted)
        worker.stop(drain=False)
        stopping.result()
        running.result()

    def test_stop_in_the_middle_of_which_the_stream_is_lost_brings_the_result_home(self):
        gate = Gate()
        worker = self.worker(gate)
        running = Async(worker.run_forever)
        link = self.admin.link()
        link.execute("a", "gate")
        gate.open("a")
        link.expect("job_completed")
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        link.end()
        again = self.admin.link()
        confirm(again, again.expect("job_completed"))
        stopping.result()
        running.result()

    def test_work_whose_stream_is_lost_in_the_middle_of_a_stop_ends_in_the_next_session(self):
        gate = Gate()
        worker = self.worker(gate)
        running = Async(worker.run_forever)
        link = self.admin.link()
        link.execute("a", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        link.end()
        again = self.admin.link()
        self.assertEqual([work.request_id for work in again.hello.running_work], ["r-a"])
        gate.open("a")
        done = again.expect("job_completed")
        self.assertEqual((done.success, "late_report" in done.result.output_values), (True, False))
        confirm(again, done)
        stopping.result()
        running.result()

    def test_stop_that_aborts_after_the_stream_was_lost_in_the_middle_of_another_one_cancels_the_work(self):
        gate = Gate()
        worker = self.worker(gate)
        running = Async(worker.run_forever)
        link = self.admin.link()
        link.execute("a", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop, grace=3600)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        self.admin.stop()
        worker.stop(drain=False)
        stopping.result()
        running.result()
        self.assertFalse(worker._core._runner.running)

    def test_stop_gives_results_up_at_its_limit_and_says_so(self):
        worker, gate, running, _ = self.lost_at_work()
        self.finish(worker, gate)
        self.admin.stop()
        with self.assertLogs("plugin_worker", "ERROR") as logs:
            worker.stop(grace=0.3)
        self.assertIn("the admin did not come back in time for the stop; results not delivered: 1, attempts cancelled: 0", logs.output[0])
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)

    def test_stop_that_aborts_between_two_tries_gives_up_the_work_at_once_also_while_another_one_waits(self):
        worker, gate, running, _ = self.lost_at_work()
        self.admin.stop()
        stopping = Async(worker.stop, grace=3600)
        self.assertFalse(stopping.is_over)
        worker.stop(drain=False)
        stopping.result()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual((gate.canceled.acquire(blocking=False), worker._core._runner.running), (True, ()))

    def test_work_lost_with_ack_but_without_resume_is_a_late_report(self):
        self.admin.greeting = lambda link: link.greet(extensions=("ack",))
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        worker.wait()
        worker.start()
        late = self.admin.link().expect("job_completed")
        self.assertEqual((late.error_message, late.result.output_values["late_report"].bool_value), ("context canceled", True))

    def test_result_is_sent_again_until_it_is_acknowledged(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.open("a")
        self.assertEqual(link.expect("job_completed").request_id, "r-a")
        link.end()
        worker.wait()
        worker.start()
        again = self.admin.link()
        done = again.expect("job_completed")
        self.assertEqual((done.request_id, done.success), ("r-a", True))
        confirm(again, done)
        worker.stop()
        worker.start()
        last = self.admin.link()
        last.send("s", request_config_schema=wire.RequestConfigSchema())
        last.expect("config_schema_response")
        self.assertEqual(last.all("job_completed"), [])

    def test_stop_waits_for_the_acknowledgement(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.open("a")
        done = link.expect("job_completed")
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        self.assertFalse(stopping.is_over)
        confirm(link, done)
        stopping.result()

    def test_stop_waits_5_s_for_the_acknowledgement_and_no_longer(self):
        self.assertEqual(_drain.ACK_WAIT, 5.0)
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.open("a")
        link.expect("job_completed")
        with unittest.mock.patch.object(_drain, "ACK_WAIT", 0.2):
            Async(worker.stop).result(4.0)

    def test_output_is_sent_again_after_a_loss_without_a_gap(self):
        whole = bytes(range(256)) * 2048
        half, go_on = threading.Event(), threading.Event()

        @pw.job_type("prints")
        def prints(ctx):
            ctx.output("stdout", whole[:len(whole) // 2])
            half.set()
            go_on.wait(20)
            ctx.output("stdout", whole[len(whole) // 2:])

        worker, link = self.connected(prints)
        link.execute("a", "prints")
        self.assertTrue(half.wait(10))
        link.expect("job_log")
        link.end()
        worker.wait()
        worker.start()
        again = self.admin.link()
        go_on.set()
        again.expect("job_completed")
        got = bytearray(len(whole))
        covered = 0
        for chunk in sorted(link.all("job_log") + again.all("job_log"), key=lambda one: one.offset):
            self.assertLessEqual(chunk.offset, covered, "there is a gap")
            self.assertEqual(bytes(got[chunk.offset:covered]), chunk.data[:max(0, covered - chunk.offset)][:len(got[chunk.offset:covered])])
            got[chunk.offset:chunk.offset + len(chunk.data)] = chunk.data
            covered = max(covered, chunk.offset + len(chunk.data))
        self.assertEqual(bytes(got), whole)

    def test_admin_without_resume_after_one_with_it_ends_the_work(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        worker.wait()
        self.admin.greeting = lambda one: one.greet(extensions=())
        worker.start()
        self.assertTrue(gate.canceled.acquire(timeout=5))

    def test_a_loss_at_work_is_dialled_soon_and_another_one_after_what_the_admin_asked_for(self):
        asked, gate = [], Gate()

        class Policy(pw.RestartPolicy):
            def delay(self, tries, first):
                asked.append(("idle", tries, first))
                return 0.0

            def delay_at_work(self, tries):
                asked.append(("at work", tries))
                return 0.0

        self.admin.greeting = lambda link: link.greet(delay=7)
        worker = self.worker(gate)
        running = Async(worker.run_forever, Policy())
        link = self.admin.link()
        link.execute("a", "gate")
        gate.wait_begun()
        link.end()
        again = self.admin.link()
        gate.open("a")
        confirm(again, again.expect("job_completed"))
        again.end()
        self.admin.link().expect("heartbeat")
        worker.stop()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual(asked, [("at work", 1), ("idle", 1, 7.0)])

    def test_service_counts_from_the_hello_and_not_from_the_dial(self):
        dial, asked, over = 4.0, [], threading.Event()

        def greet_late(link):
            over.wait(dial)
            link.greet(extensions=())
            link.end()

        class Policy(pw.RestartPolicy):
            def delay(self, tries, first):
                asked.append(tries)
                if tries < LONGEST:
                    return 0.0
                over.set()
                return 60.0

        self.admin.greeting = greet_late
        worker = self.worker(registration_timeout=60.0)
        with self.assertLogs("plugin_worker", "WARNING"), unittest.mock.patch("plugin_worker._forever.QUICK_LOSS", 0.9 * dial):
            running = Async(worker.run_forever, Policy(reset_after=0.9 * dial))
            self.assertTrue(over.wait(60) and not running.is_over, asked)
            worker.stop()
        running.result()
        # Each was tried after a longer pause than the one before, and the third was one too many within that time.
        self.assertEqual(asked, [1, 2, LONGEST])

    def test_result_says_how_long_it_served(self):
        self.admin.greeting = lambda link: (threading.Event().wait(4.0), link.greet())
        worker, link = self.connected(registration_timeout=60.0)
        waiting = begin_wait(worker)
        threading.Event().wait(0.2)
        link.end()
        served = waiting.result().served
        self.assertTrue(0.2 <= served < 4.0, served)

    def test_three_quick_losses_are_told_and_paused_for(self):
        self.admin.greeting = lambda link: (link.greet(extensions=(), delay=1), link.end())
        paused = threading.Event()

        class Policy(pw.RestartPolicy):
            def delay(self, tries, first):
                return 0.0 if tries < 20 else 60.0

        with self.assertLogs("plugin_worker", "WARNING") as logs:
            worker = self.worker()
            running = Async(worker.run_forever, Policy())
            for _ in range(3):
                self.admin.link()
            while not any("another worker may use this id: three sessions of w-test" in line for line in logs.output):
                self.assertFalse(paused.wait(0.01) or running.is_over)
            worker.stop()
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)


class LossesOfAForeignAdmin(AdminCase):
    """Without ``ack`` a result counts as delivered when it was written to a live stream, and not before."""

    def setUp(self):
        super().setUp()
        self.admin.greeting = lambda link: link.greet(extensions=())

    def kept(self):
        gate = Gate()
        gate.idempotent = True
        worker, link = self.connected(gate, keep_work=True)
        link.execute("j", "gate")
        gate.wait_begun()
        link.end()
        worker.wait()
        return gate, worker

    def test_kept_work_that_ends_while_the_stream_is_away_is_told_to_the_next_one(self):
        gate, worker = self.kept()
        gate.open("j")
        pause = threading.Event()
        while worker._core._runner.running:
            self.assertFalse(pause.wait(0.01))
        worker.start()
        again = self.admin.link()
        done = again.expect("job_completed")
        self.assertEqual((done.request_id, done.success, list(again.hello.running_work)), ("r-j", True, []))
        worker.stop()
        worker.start()
        last = self.admin.link()
        last.send("s", request_config_schema=wire.RequestConfigSchema())
        last.expect("config_schema_response")
        self.assertEqual(last.all("job_completed"), [], "it was told already")


class Written(unittest.TestCase):
    """A message counts as written when the transport asks for the one after it."""

    def setUp(self):
        self.outbox, self.told = Outbox("w", lambda: (), wire.WorkerHeartbeat), []
        for name in ("a", "b", "c"):
            self.outbox.put(wire.WorkerToAdminMessage(job_completed=wire.JobCompleted(request_id=name)), told=lambda written, name=name: self.told.append((name, written)))

    def test_or_not_when_the_stream_ends_before(self):
        next(self.outbox)
        self.assertEqual(self.told, [])
        next(self.outbox)
        self.assertEqual(self.told, [("a", True)])
        self.outbox.abort()
        self.assertEqual(self.told, [("a", True), ("b", False), ("c", False)])
        self.assertFalse(self.outbox.put(wire.WorkerToAdminMessage()))

    def test_the_last_one_too_when_the_stream_is_finished(self):
        self.outbox.finish()
        self.assertEqual(len(list(self.outbox)), 3)
        self.assertEqual(self.told, [("a", True), ("b", True), ("c", True)])


class Unread(unittest.TestCase):
    """A queue that the transport does not empty."""

    def setUp(self):
        self.now = 100.0
        self.outbox = Outbox("w", lambda: (), wire.WorkerHeartbeat, clock=lambda: self.now)

    def put(self, count):
        self.assertTrue(all(self.outbox.put(wire.WorkerToAdminMessage(acknowledge=wire.WorkerAcknowledge(request_id=f"r-{n}"))) for n in range(count)))

    def stuck_after(self, seconds):
        self.now += seconds
        return self.outbox.is_stuck()

    def test_full_for_30_seconds_it_is_stuck(self):
        self.put(256)
        self.assertEqual([self.stuck_after(seconds) for seconds in (0, 29.9, 0.1)], [False, False, True])

    def test_not_full_it_may_take_its_time(self):
        self.put(255)
        self.assertFalse(self.stuck_after(3600))

    def test_room_begins_the_time_anew(self):
        self.put(256)
        self.now += 29
        next(self.outbox)
        self.put(1)
        self.assertEqual([self.stuck_after(29.9), self.stuck_after(0.1)], [False, True])

    def test_beyond_all_bounds_it_is_stuck_at_once(self):
        self.put(Outbox.HARD)
        self.assertTrue(self.outbox.is_stuck())
        self.assertFalse(self.outbox.put(wire.WorkerToAdminMessage()))


class Output(unittest.TestCase):
    """Output that nobody takes."""

    def test_holds_work_up_for_five_seconds_and_then_no_longer(self):
        self.assertEqual(_attempt.PATIENCE, 5.0)
        self.addCleanup(setattr, _attempt, "PATIENCE", _attempt.PATIENCE)
        _attempt.PATIENCE = 0.05
        attempt = _attempt.RunningAttempt("r", "j", "t", False, True, lambda: None, lambda: False, ended=None)
        whole = bytes(2 * LogRing.CAPACITY)
        attempt.output(wire.LOG_STREAM_STDOUT, whole)  # Waits once.
        _attempt.PATIENCE = 3600.0
        attempt.output(wire.LOG_STREAM_STDOUT, whole)
        self.assertGreater(attempt.take_output()[0].offset, 0)  # The oldest is lost; from here on it is waited for again.
        waiting = Async(attempt.output, wire.LOG_STREAM_STDOUT, bytes(LogRing.WAITING + 1))
        self.assertFalse(waiting.is_over)
        attempt.take_output()
        waiting.result()

    def test_is_taken_as_it_stands_and_kept_while_it_may_not_have_arrived(self):
        window = 512 * 1024
        attempt = _attempt.RunningAttempt("r", "j", "t", False, True, lambda: None, lambda: False, ended=None)
        taken = left = 0
        for _ in range(8):
            attempt.output(wire.LOG_STREAM_STDOUT, bytes(LogRing.WAITING))
            more = Async(attempt.output, wire.LOG_STREAM_STDOUT, b"x" * LogRing.WAITING)
            attempt.output(wire.LOG_STREAM_STDERR, b"e")
            chunks = attempt.take_output()
            more.result()
            self.assertEqual(sum(len(chunk.data) for chunk in chunks if chunk.stream == wire.LOG_STREAM_STDOUT), LogRing.WAITING)
            self.assertEqual([chunk.data for chunk in chunks if chunk.stream == wire.LOG_STREAM_STDERR], [b"e"])
            left, taken = taken, taken + LogRing.WAITING
            attempt.take_output()
            left, taken = taken, taken + LogRing.WAITING
        attempt.output(wire.LOG_STREAM_STDOUT, bytes(LogRing.WAITING))
        attempt.rewind()
        self.assertLessEqual(attempt.take_output()[0].offset, left - window)


class Process:
    """An admin as a process of its own; what it says, as it comes."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([sys.executable, str(ADMIN), *map(str, arguments)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def next(self, kind):
        while True:
            line = self.lines.get(timeout=30)
            assert line is not None, f"the admin ended before it said {kind}"
            if kind in line:
                return line[kind]

    def kill(self):
        """Kills it; what it said before and was not asked for."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.process.stdin.close()
        rest = []
        while (line := self.lines.get()) is not None:
            rest.append(line)
        return rest

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)


class Killed(AdminCase):
    def test_admin_killed_among_100_running_jobs_gets_each_result_once(self):
        gate, closed = Gate(), Closed()
        first = Process(0, 100)
        self.addCleanup(lambda: first.process.poll() is None and first.kill())
        port = first.next("port")
        worker = self.worker(gate, address=f"grpc://127.0.0.1:{port}", execution_slots=100, resume_window=60, on_close=closed)
        running = Async(worker.run_forever, pw.RestartPolicy(longest_delay_at_work=0.2))
        self.assertEqual(first.next("acknowledged"), 100)
        gate.wait_begun(100)
        for number in range(30):
            gate.open(f"j-{number}")
        arrived = [first.next("completed") for _ in range(30)]
        self.assertEqual([line for line in first.kill() if "completed" in line], [])
        self.assertIs(closed.wait()[0], pw.CloseReason.CONNECTION_LOST)
        for number in range(30, 60):
            gate.open(f"j-{number}")
        second = Process(port, 0)
        self.addCleanup(lambda: second.process.poll() is None and second.kill())
        self.assertEqual(set(second.next("claimed")), {f"r-j-{number}" for number in range(30, 100)})
        for number in range(60, 100):
            gate.open(f"j-{number}")
        arrived += [second.next("completed") for _ in range(70)]
        worker.stop()
        self.assertEqual([line for line in second.kill() if "completed" in line], [], "a result came twice")
        self.assertIs(running.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual(sorted(arrived), sorted(f"r-j-{number}" for number in range(100)))
        self.assertEqual(gate.most, 100)
