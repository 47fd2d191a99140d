"""The life-cycle table: who may call what in which state, and what each call does then; how sessions end."""
from __future__ import annotations

import threading
import time

import grpc

from plugin_worker._meanings import meaning
from plugin_worker._transport import StreamEnd

from .support import PATIENCE, Async, AdminCase, Closed, Gate, begin_wait, echo, pw, silent, wire


class States(AdminCase):
    def test_created_and_stopped_answer_at_once(self):
        worker = self.worker()
        self.assertIs(worker.state, pw.WorkerState.CREATED)
        worker.stop()
        self.assertIsNone(worker.wait())
        self.assertEqual((worker.heartbeat_interval, worker.reconnect_delay, worker.admin_version), (10.0, 5.0, "unknown"))
        self.assertIsNone(worker.session)
        worker.start()
        worker.stop()
        self.assertIs(worker.state, pw.WorkerState.STOPPED)
        worker.stop()
        self.assertIsNone(worker.wait())

    def test_running_refuses_start_and_run(self):
        worker, _ = self.connected()
        for verb in (worker.start, worker.run, worker.run_forever):
            with self.assertRaises(pw.AlreadyStarted):
                verb()

    def test_properties_are_those_of_the_session_and_stay(self):
        self.admin.headers = (("plugin-admin-version", "9.8"),)
        self.admin.greeting = lambda link: link.greet(interval=3, delay=7)
        worker, _ = self.connected()
        self.assertEqual((worker.heartbeat_interval, worker.reconnect_delay, worker.admin_version), (3.0, 7.0, "9.8"))
        worker.stop()
        self.assertEqual((worker.heartbeat_interval, worker.reconnect_delay, worker.admin_version), (3.0, 7.0, "9.8"))

    def test_every_start_has_its_own_instance_and_generation_and_one_close(self):
        closed = Closed()
        worker = self.worker(on_close=closed)
        seen = [worker.start() for _ in range(3) if not worker.stop()]
        self.assertEqual([session.generation for session in seen], [1, 2, 3])
        self.assertEqual(len({session.instance_id for session in seen}), 3)
        worker.stop()
        self.assertEqual(closed.calls, [(pw.CloseReason.STOP_REQUESTED, generation) for generation in (1, 2, 3)])

    def test_start_while_stopping_waits_and_begins(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("j", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        self.assertIs(worker.state, pw.WorkerState.STOPPING)
        starting, joining = Async(worker.start), Async(worker.stop)
        self.assertFalse(starting.is_over)
        gate.open("j")
        done = link.expect("job_completed")
        self.assertTrue(done.success)
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        stopping.result()
        joining.result()
        self.assertEqual(starting.result().generation, 2)

    def test_wait_is_bound_to_its_session(self):
        worker, _ = self.connected()
        waiting = begin_wait(worker)
        worker.stop()
        worker.start()
        result = waiting.result()
        self.assertEqual((result.session.generation, result.reason), (1, pw.CloseReason.STOP_REQUESTED))
        with self.assertRaises(TimeoutError):
            worker.wait(timeout=0.05)

    def test_wait_while_starting_ends_with_the_failed_start(self):
        self.admin.greeting = silent
        worker = self.worker()
        starting = Async(worker.start)
        self.admin.link()
        self.assertIs(worker.state, pw.WorkerState.STARTING)
        waiting = Async(worker.wait)
        worker.stop()
        with self.assertRaises(pw.StartCanceled):
            starting.result()
        self.assertIsNone(waiting.result())


class Ends(AdminCase):
    def test_message_beyond_the_limit_is_a_protocol_error(self):
        worker, link = self.connected(max_receive_bytes=10_000)
        waiting = begin_wait(worker)
        link.execute("j", "echo", parameters={"large": pw.to_wire("x" * 20_000)})
        self.assertIs(waiting.result().reason, pw.CloseReason.PROTOCOL_ERROR)
        self.assertEqual(worker.start().generation, 2)

    def test_stubborn_handler_survives_close_and_the_worker_starts_again(self):
        gate = Gate(stubborn=True)
        worker, link = self.connected(gate, execution_slots=1)
        link.execute("a", "gate")
        gate.wait_begun()
        worker.close()
        worker.start()
        again = self.admin.link()
        self.assertEqual(again.expect("heartbeat").execution_slots_used, 1)
        gate.open("a")
        again.expect("heartbeat", lambda beat: beat.execution_slots_used == 0)
        again.execute("b", "gate")
        gate.open("b")
        self.assertTrue(again.expect("job_completed", lambda done: done.job_id == "b").success)

    def test_each_end_has_its_reason(self):
        lost, gone = pw.CloseReason.CONNECTION_LOST, pw.CloseReason.ADMIN_SHUTDOWN
        for act, reason in (
            (lambda link: link.end(), lost), (lambda link: link.end(grpc.StatusCode.UNAVAILABLE), lost),
            (lambda link: link.end(grpc.StatusCode.ABORTED, "replaced"), pw.CloseReason.REPLACED),
            (lambda link: link.end(grpc.StatusCode.INVALID_ARGUMENT, "what?"), pw.CloseReason.PROTOCOL_ERROR),
            (lambda link: link.end(grpc.StatusCode.UNAUTHENTICATED, "token"), pw.CloseReason.REJECTED),
            (lambda link: link.end(grpc.StatusCode.UNKNOWN, "somebody in between gave up"), lost),
            (lambda link: link.send(shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=3)), gone),
            (lambda link: link.send(shutdown=wire.AdminShutdown(reason="replaced")), pw.CloseReason.REPLACED),
            (lambda link: link.send_bytes(b"\xff\xff"), pw.CloseReason.PROTOCOL_ERROR),
        ):
            closed = Closed()
            worker = self.worker(on_close=closed)
            running = Async(worker.run)
            act(self.admin.link())
            self.assertIs(running.result().reason, reason)
            worker.stop()
            closed.wait()
            self.assertEqual(closed.calls, [(reason, 1)])

    def test_unanswered_ping_is_a_heartbeat_timeout_only_after_three_silent_intervals(self):
        end = StreamEnd(grpc.StatusCode.UNAVAILABLE, "keepalive watchdog timeout")
        self.assertEqual(
            [meaning(end, is_silent).reason for is_silent in (True, False)], [pw.CloseReason.HEARTBEAT_TIMEOUT, pw.CloseReason.CONNECTION_LOST])

    def test_shutdown_during_a_drain_that_was_asked_for_cuts_nothing_and_is_a_stop(self):
        gate, closed = Gate(), Closed()
        worker, link = self.connected(gate, on_close=closed)
        link.execute("j", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata.get("draining") == "true")
        link.send("s", shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=10))
        self.assertTrue(link.expect("acknowledge", lambda ack: ack.request_id == "s").accepted)
        gate.open("j")
        done = link.expect("job_completed")
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        stopping.result()
        self.assertEqual((done.success, closed.calls), (True, [(pw.CloseReason.STOP_REQUESTED, 1)]))

    def test_shutdown_lets_work_end_first(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("j", "gate")
        gate.wait_begun()
        waiting = begin_wait(worker)
        link.send("s", shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=10))
        link.expect("acknowledge", lambda ack: ack.request_id == "s" and ack.accepted)
        gate.open("j")
        done = link.expect("job_completed")
        self.assertTrue(done.success)
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        self.assertIs(waiting.result().reason, pw.CloseReason.ADMIN_SHUTDOWN)

    def test_start_and_stop_inside_on_close(self):
        started = threading.Event()

        def restart(reason, session):
            if session.generation == 1:
                worker.start()
                started.set()
            else:
                worker.stop()

        worker = self.worker(on_close=restart)
        worker.start()
        self.admin.link().end()
        self.assertTrue(started.wait(10))
        self.assertIs(worker.state, pw.WorkerState.RUNNING)
        self.admin.link().end()
        worker.wait()
        worker.stop()
        self.assertIs(worker.state, pw.WorkerState.STOPPED)

    def test_stop_inside_on_close_ends_what_was_started_inside(self):
        done = threading.Event()

        def act(reason, session):
            if session.generation == 1:
                worker.start()
                worker.stop()
                done.set()

        worker = self.worker(on_close=act)
        worker.start()
        self.admin.link().end()
        self.assertTrue(done.wait(10), "stop waited for itself")
        worker.stop()
        self.assertIs(worker.state, pw.WorkerState.STOPPED)

    def test_fault_of_on_close_is_logged_and_changes_nothing(self):
        def fault(reason, session):
            raise RuntimeError("thrown in on_close")

        with self.assertLogs("plugin_worker", "ERROR") as logs:
            worker = self.worker(on_close=fault)
            worker.start()
            worker.stop()
        self.assertIn("thrown in on_close", "\n".join(logs.output))
        worker.start()

    def test_start_and_stop_inside_a_handler(self):
        said = {}

        @pw.job_type("inside")
        def inside(ctx):
            try:
                worker.start()
            except pw.AlreadyStarted as error:
                said["start"] = error
            worker.stop()
            said["stopped"] = True

        worker, link = self.connected(inside)
        waiting = begin_wait(worker)
        link.execute("j", "inside")
        done = link.expect("job_completed")
        self.assertTrue(done.success, done.error_message)
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        self.assertIs(waiting.result().reason, pw.CloseReason.STOP_REQUESTED)
        self.assertEqual(set(said), {"start", "stopped"})

    def test_start_inside_a_handler_is_refused_after_a_loss_too(self):
        lost, said = threading.Event(), []

        @pw.job_type("inside")
        def inside(ctx):
            lost.wait(20)
            for start in (worker.start, worker.run, worker.run_forever):
                try:
                    start()
                except pw.AlreadyStarted as error:
                    said.append(str(error))

        worker, link = self.connected(inside)
        link.execute("j", "inside")
        link.expect("acknowledge")
        link.end()
        worker.wait()
        lost.set()
        while worker._core._runner.running:
            self.assertFalse(threading.Event().wait(0.01))
        self.assertEqual((len(said), worker.state), (3, pw.WorkerState.STOPPED))
        worker.start()
        self.assertTrue(self.admin.link().expect("job_completed").success)

    def test_timeout_of_a_start_counts_the_end_of_the_former_session_too(self):
        gate = Gate(stubborn=True)
        worker, link = self.connected(gate)
        link.execute("j", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata["draining"] == "true")
        begun = time.monotonic()
        with self.assertRaisesRegex(pw.StartTimeout, "not started within 0.3 s: the former session has not ended"):
            worker.start(0.3)
        self.assertLess(time.monotonic() - begun, 5)
        gate.open("j")
        done = link.expect("job_completed")
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        stopping.result()
        self.assertEqual(worker.start(PATIENCE).generation, 2)

    def test_hello_twice_changes_nothing(self):
        with self.assertLogs("plugin_worker", "WARNING"):
            worker, link = self.connected()
            link.greet(extensions=(), interval=77)
            link.send("s", request_config_schema=wire.RequestConfigSchema(job_type="echo"))
            link.expect("config_schema_response")
        self.assertEqual((worker.heartbeat_interval, worker.session.extensions), (10.0, frozenset(("log", "ack", "resume", "ping", "drain"))))

    def test_request_before_the_hello_is_served(self):
        def early(link):
            link.send("s", request_config_schema=wire.RequestConfigSchema(job_type="echo"))
            link.greet()

        self.admin.greeting = early
        self.assertTrue(self.worker().start().extensions)
        self.assertTrue(self.admin.link().expect("config_schema_response").success)

    def test_admin_that_asks_but_never_says_hello_has_taken_the_worker_without_extensions(self):
        self.admin.greeting = lambda link: link.execute("j", "echo", parameters={"a": pw.to_wire(1)})
        closed = Closed()
        worker = self.worker(registration_timeout=3, on_close=closed)
        session = worker.start()
        self.assertEqual((session.extensions, session.heartbeat_interval, worker.state), (frozenset(), 10.0, pw.WorkerState.RUNNING))
        link = self.admin.link()
        self.assertTrue(link.expect("job_completed").success)
        link.expect("heartbeat")
        with self.assertLogs("plugin_worker", "WARNING"):
            link.greet()  # Comes late, and grants nothing any more.
            link.execute("k", "echo")
            self.assertTrue(link.expect("job_completed", lambda done: done.job_id == "k").success)
        self.assertEqual((worker.session.extensions, closed.calls), (frozenset(), []))
