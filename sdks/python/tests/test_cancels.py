"""Cancels: who is told of them, and what becomes of what a handler does about them."""
from __future__ import annotations

import threading

from plugin_worker import _short_calls

from .support import PATIENCE, Async, AdminCase, Gate, begin_wait, pw, wire


class Callbacks(AdminCase):
    """What an application registers with ``ctx.canceled.on_set`` is its own code: it may raise or block, and nobody else is hurt."""

    def test_one_that_raises_is_logged_and_the_session_goes_on(self):
        gate = Gate()

        @pw.job_type("raises")
        def raises(ctx):
            ctx.canceled.on_set(lambda: 1 / 0)
            return gate.execute(ctx)

        with self.assertLogs("plugin_worker", "ERROR") as logs:
            worker, link = self.connected(raises)
            link.execute("a", "raises")
            gate.wait_begun()
            link.send("c", cancel_request=wire.CancelRequest(target_id="a"))
            self.assertEqual(link.expect("job_completed").error_message, "context canceled")
            link.send("s", request_config_schema=wire.RequestConfigSchema(job_type="raises"))
            link.expect("config_schema_response")
        self.assertIn("ZeroDivisionError", "".join(logs.output))

    def test_one_that_raises_while_the_session_ends_leaves_nothing_behind(self):
        gate = Gate()

        @pw.job_type("raises")
        def raises(ctx):
            ctx.canceled.on_set(lambda: 1 / 0)
            return gate.execute(ctx)

        self.admin.greeting = lambda link: link.greet(extensions=())
        worker, link = self.connected(raises)
        link.execute("a", "raises")
        gate.wait_begun()
        waiting = begin_wait(worker)
        link.end()
        self.assertIs(waiting.result().reason, pw.CloseReason.CONNECTION_LOST)
        readers = [one for one in threading.enumerate() if one.name == "plugin-worker-reader"]
        for reader in readers:
            reader.join(PATIENCE)  # Its last act is to tell of the end.
        self.assertFalse([reader for reader in readers if reader.is_alive()])

    def test_one_that_blocks_holds_up_nobody_else(self):
        over = threading.Event()
        self.addCleanup(over.set)
        gate = Gate()

        @pw.job_type("blocks")
        def blocks(ctx):
            ctx.canceled.on_set(over.wait)
            return gate.execute(ctx)

        _, link = self.connected(blocks)
        link.execute("a", "blocks")
        gate.wait_begun()
        link.send("c", cancel_request=wire.CancelRequest(target_id="a"))
        link.expect("acknowledge", lambda one: one.request_id == "c")
        _, other = self.connected(worker_id="w-other")
        other.execute("b", "echo")
        self.assertTrue(other.expect("job_completed", timeout=5).success)

    def test_one_registered_after_the_cancel_is_called_at_once(self):
        canceled, called = pw.Cancellation(), threading.Event()
        canceled.set()
        canceled.on_set(called.set)
        self.assertTrue(called.is_set())


class Forced(AdminCase):
    def test_result_is_dropped_although_the_time_of_the_attempt_passes_as_well(self):
        gate = Gate(stubborn=True)
        _, link = self.connected(gate, cancel_grace=0.1)
        link.execute("a", "gate", timeout=1)
        link.send("c", cancel_request=wire.CancelRequest(target_id="a", force=True))  # At once: the time of the attempt runs.
        gate.wait_begun()
        link.expect("acknowledge", lambda one: one.request_id == "c")
        quiet = Gate("quiet")
        self.assertFalse(quiet.begun.acquire(timeout=1.5))  # The time of the attempt and the grace pass.
        gate.open("a")
        link.expect("heartbeat", lambda beat: beat.execution_slots_used == 0)
        link.send("s", request_config_schema=wire.RequestConfigSchema(job_type="gate"))
        link.expect("config_schema_response")
        self.assertEqual(link.all("job_completed"), [])


class ShortCalls(AdminCase):
    """Calls of handlers beside their work: validate and health have two seconds, a preview as long as an admin waits for it."""

    class Shows(Gate):
        def __init__(self):
            super().__init__("shows")
            self.asked = threading.Semaphore(0)
            self.answer = threading.Semaphore(0)

        def preview(self, request):
            self.asked.release()
            self.answer.acquire(timeout=20)
            return pw.Preview(["id"], [list(request.object_id), ["more"]])

    def test_each_preview_gets_its_own_answer_and_no_more_rows_than_it_asked_for(self):
        shows = self.Shows()
        _, link = self.connected(shows, request_timeout=0.1)
        for name in ("a", "b"):
            link.send(name, request_object_preview=wire.RequestObjectPreview(object_id=[name], row_limit=1))
        for _ in range(2):
            self.assertTrue(shows.asked.acquire(timeout=10))
        shows.answer.release(2)
        said = {response.request_id: response for response in (link.expect("object_preview_response") for _ in range(2))}
        self.assertEqual({name: ([list(row.values) for row in one.rows], one.total_rows) for name, one in said.items()}, {"a": ([["a"]], 2), "b": ([["b"]], 2)})
        self.assertEqual(link.all("acknowledge"), [])

    def test_preview_of_no_proper_kind_is_a_failure(self):
        class Odd(Gate):
            def preview(self, request):
                return {"rows": pw.Preview(["a"], None), "cells": pw.Preview(["a"], [[1]]), "columns": pw.Preview([None], []), "total": pw.Preview([], [], "many")}[request.object_id[0]]

        _, link = self.connected(Odd())
        for name in ("rows", "cells", "columns", "total"):
            link.send(name, request_object_preview=wire.RequestObjectPreview(object_id=[name], row_limit=1))
            response = link.expect("object_preview_response")
            self.assertEqual((response.request_id, response.success), (name, False))
            self.assertIn("the preview of the handler cannot be sent: TypeError: ", response.error_message)

    def test_preview_that_hangs_is_answered_in_time_and_keeps_its_place_among_four(self):
        self.assertEqual((_short_calls.ShortCalls.PREVIEW_LIMIT, _short_calls.ShortCalls.MOST_PREVIEWS), (30.0, 4))
        self.addCleanup(setattr, _short_calls.ShortCalls, "PREVIEW_LIMIT", 30.0)
        _short_calls.ShortCalls.PREVIEW_LIMIT = 0.3
        shows = self.Shows()
        _, link = self.connected(shows)
        for name in ("a", "b", "c", "d", "e"):
            link.send(name, request_object_preview=wire.RequestObjectPreview())
        why = {response.request_id: response.error_message for response in (link.expect("object_preview_response") for _ in range(5))}
        late, full = "the preview took more than 0.3 s", "4 previews are being made; ask again"
        self.assertEqual(why, {"a": late, "b": late, "c": late, "d": late, "e": full})
        link.send("f", request_object_preview=wire.RequestObjectPreview())
        self.assertEqual(link.expect("object_preview_response").error_message, full)
        shows.answer.release(4)

    def test_validate_has_its_time(self):
        over = threading.Event()
        self.addCleanup(over.set)

        class Slow(Gate):
            def validate(self, ctx):
                over.wait(20)

        _, link = self.connected(Slow("slow"), request_timeout=0.2)
        link.execute("a", "slow")
        done = link.expect("job_completed", timeout=5)
        self.assertEqual((done.success, done.error_message), (False, "TimeoutError: validate takes longer than 0.2 s"))
        self.assertEqual(done.result.output_values["error_class"].string_value, "transient")


class Draining(AdminCase):
    def drained(self, *handlers):
        worker, link = self.connected(*handlers)
        link.send(drain=wire.Drain(enabled=True))
        link.expect("heartbeat", lambda beat: beat.metadata["draining"] == "true")
        return worker, link

    class Finds:
        descriptor = pw.DescriptorBuilder("finds").build()

        def detect(self, ctx):
            yield pw.Proposal("p")

    def test_detections_are_refused(self):
        _, link = self.drained(self.Finds())
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds"))
        done = link.expect("detection_complete")
        self.assertEqual((done.request_id, done.success, done.error_message), ("d", False, "the worker takes no new work"))
        self.assertEqual(link.all("detection_proposals"), [])

    def test_newer_attempt_of_a_running_job_is_refused_and_the_running_one_goes_on(self):
        gate = Gate()
        _, link = self.connected(gate)
        link.execute("j", "gate", "first")
        gate.wait_begun()
        link.send(drain=wire.Drain(enabled=True))
        link.execute("j", "gate", "second")
        ack = link.expect("acknowledge", lambda one: one.request_id == "second")
        self.assertEqual((ack.accepted, ack.message), (False, "executor is at capacity"))
        gate.open("j")
        done = link.expect("job_completed")
        self.assertEqual((done.request_id, done.success), ("first", True))

    def test_stop_takes_no_new_work_whatever_the_admin_says(self):
        gate = Gate()
        worker, link = self.connected(gate, self.Finds())
        link.execute("a", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop)
        link.expect("heartbeat", lambda beat: beat.metadata["draining"] == "true")
        link.send(drain=wire.Drain(enabled=False))
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds"))
        self.assertFalse(link.expect("detection_complete").success)
        link.execute("b", "gate")
        self.assertFalse(link.expect("acknowledge", lambda one: one.request_id == "r-b").accepted)
        gate.open("a")
        done = link.expect("job_completed")
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        stopping.result()

    def test_drain_ends_with_the_session(self):
        worker, link = self.drained()
        link.end()
        worker.wait()
        worker.start()
        again = self.admin.link()
        again.execute("a", "echo")
        self.assertTrue(again.expect("job_completed").success)
