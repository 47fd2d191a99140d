"""Attempts and schemas: slots, cancels, timeouts, outcomes."""
from __future__ import annotations

import asyncio
import datetime as dt
import threading
import time

from .support import ALL, Async, AdminCase, Gate, Link, echo, pw, wire

INT64 = (-(2 ** 63), 2 ** 63 - 1)



class Executions(AdminCase):
    def test_all_kinds_of_values_come_back_as_they_were(self):
        values = {
            "bool": True, "low": INT64[0], "high": INT64[1], "double": 0.1, "text": "ä", "bytes": b"\x00\xff", "span": dt.timedelta(seconds=1.5),
            "texts": ["a"], "ints": [1, INT64[1]], "doubles": [0.5], "bools": [True, False], "list": [1, "a", [True]], "map": {"a": {"b": 1}},
        }
        sent = {name: pw.to_wire(value) for name, value in values.items()}
        _, link = self.connected()
        link.execute("j", "echo", parameters=sent)
        done = link.expect("job_completed")
        self.assertEqual({name: pw.from_wire(value) for name, value in done.result.output_values.items()}, values)
        self.assertEqual(dict(done.result.output_values), sent)
        self.assertEqual((done.job_type, done.job_id, done.request_id, done.result.summary), ("echo", "j", "r-j", "echoed"))
        self.assertTrue(done.HasField("completed_at"))

    def test_each_way_to_fail_is_told_and_the_next_job_runs(self):
        @pw.job_type("fails")
        def fails(ctx):
            how = ctx.config.text("how")
            if how == "throw":
                raise KeyError("gone")
            if how == "exit":
                raise SystemExit(3)
            if how == "cancel":
                raise pw.JobCanceled("nobody did")
            return {"permanent": pw.JobOutcome.failed("no", permanent=True), "odd": 7, "large": {"x": 2 ** 64}}[how]

        @pw.job_type("fails_async")
        async def fails_async(ctx):
            raise ValueError("on the loop")

        _, link = self.connected(fails, fails_async)
        for number, (how, text) in enumerate((
            ("throw", "KeyError: 'gone'"), ("exit", "SystemExit: 3"), ("cancel", "JobCanceled"), ("permanent", "no"), ("odd", "int, which is no outcome"),
            ("large", "cannot be sent"),
        )):
            link.execute(f"j{number}", "fails", parameters={"how": pw.to_wire(how)})
            done = link.expect("job_completed")
            self.assertFalse(done.success)
            self.assertIn(text, done.error_message)
        self.assertEqual(done.result.output_values["error_class"].string_value, "permanent")
        link.execute("j-async", "fails_async")
        self.assertEqual(link.expect("job_completed").error_message, "ValueError: on the loop")

    def test_outcomes_of_no_proper_kind_are_told_too_and_give_their_slot_back(self):
        @pw.job_type("careless")
        def careless(ctx):
            return {
                "error": lambda: pw.JobOutcome.failed(ValueError("an object")), "number": lambda: pw.JobOutcome.succeeded(42),
                "none": lambda: pw.JobOutcome.succeeded(None), "canceled": lambda: pw.JobOutcome.canceled(OSError("gone")),
                "printed": lambda: pw.JobOutcome.canceled("kubectl: context canceled"),
                "outputs": lambda: pw.JobOutcome(True, "", 7),
            }[ctx.config.text("how")]()

        _, link = self.connected(careless, execution_slots=1)
        for how, told in (("error", (False, "an object", "")), ("number", (True, "", "42")), ("none", (True, "", "")), ("canceled", (False, "context canceled: gone", "")), ("printed", (False, "context canceled: kubectl: context canceled", ""))):
            link.execute(how, "careless", parameters={"how": pw.to_wire(how)})
            done = link.expect("job_completed")
            self.assertEqual((done.success, done.error_message, done.result.summary), told)
        link.execute("outputs", "careless", parameters={"how": pw.to_wire("outputs")})
        done = link.expect("job_completed")
        self.assertIn("the outcome of the handler cannot be sent: AttributeError", done.error_message)
        self.assertEqual((done.success, done.result.output_values["error_class"].string_value), (False, "permanent"))
        link.expect("heartbeat", lambda beat: beat.execution_slots_used == 0 and not beat.running_work)

    def test_what_a_handler_may_return(self):
        @pw.job_type("returns")
        def returns(ctx):
            return {"nothing": None, "text": "a summary", "outputs": {"n": 1}}[ctx.config.text("what")]

        _, link = self.connected(returns)
        for what in ("nothing", "text", "outputs"):
            link.execute(what, "returns", parameters={"what": pw.to_wire(what)})
            done = link.expect("job_completed")
            self.assertTrue(done.success)
            self.assertEqual(done.result.summary, "a summary" if what == "text" else "")
            self.assertEqual(list(done.result.output_values), ["n"] if what == "outputs" else [])

    def test_validate_refuses_for_good(self):
        class Picky:
            descriptor = pw.DescriptorBuilder("picky").build()

            def validate(self, ctx):
                return "no file" if not ctx.config.text("file") else None

            async def execute(self, ctx):
                return {"file": ctx.config.text("file")}

        _, link = self.connected(Picky())
        link.execute("a", "picky")
        done = link.expect("job_completed")
        self.assertEqual((done.success, done.error_message, done.result.output_values["error_class"].string_value), (False, "no file", "permanent"))
        link.execute("b", "picky", parameters={"file": pw.to_wire("x")})
        self.assertTrue(link.expect("job_completed").success)

    def test_long_texts_and_large_outputs_are_cut(self):
        @pw.job_type("large")
        def large(ctx):
            if ctx.config.boolean("throw"):
                raise RuntimeError("ü" * 100_000)
            return {"big": "x" * 2_000_000, "small": 1}

        _, link = self.connected(large)
        link.execute("a", "large", parameters={"throw": pw.to_wire(True)})
        text = link.expect("job_completed").error_message.encode()
        self.assertTrue(16_000 < len(text) <= 16_384)
        link.execute("b", "large")
        outputs = link.expect("job_completed").result.output_values
        self.assertEqual({name: pw.from_wire(value) for name, value in outputs.items()}, {"small": 1, "big_truncated": True})

    def test_no_slot_is_said_in_the_words_of_the_admin(self):
        for extensions in (ALL, ()):
            with self.subTest(extensions):
                self.admin.greeting = lambda link: link.greet(extensions=extensions)
                gate = Gate()
                worker, link = self.connected(gate, execution_slots=1)
                link.execute("a", "gate")
                gate.wait_begun()
                link.execute("b", "gate")
                if extensions:
                    refused = link.expect("acknowledge", lambda ack: ack.request_id == "r-b")
                    self.assertEqual((refused.accepted, refused.message), (False, "executor is at capacity"))
                else:
                    refused = link.expect("job_completed")
                    self.assertEqual((refused.request_id, refused.job_type, refused.error_message), ("r-b", "gate", "executor is at capacity"))
                    self.assertEqual([ack for ack in link.all("acknowledge") if ack.request_id == "r-b"], [])
                gate.open("a")
                self.assertEqual(link.expect("job_completed").request_id, "r-a")
                # The slot is free as soon as the result is there.
                link.execute("c", "gate")
                gate.open("c")
                self.assertEqual(link.expect("job_completed").request_id, "r-c")
                worker.close()

    def test_attempts_of_one_job_never_overlap(self):
        self.admin.greeting = lambda link: link.greet(extensions=())
        gate = Gate(stubborn=True)
        _, link = self.connected(gate, execution_slots=1)
        link.execute("j", "gate", "first")
        gate.wait_begun()
        link.execute("j", "gate", "second")
        self.assertTrue(gate.canceled.acquire(timeout=10), "the older attempt was not cancelled")
        gate.open("j")
        self.assertEqual([link.expect("job_completed").request_id for _ in range(2)], ["first", "second"])
        self.assertEqual(gate.most, 1)

    def test_cancels(self):
        gate = Gate()
        _, link = self.connected(gate)
        for target in ("r-a", "b", "r-none", ""):
            if target in ("r-a", "b"):
                link.execute(target[-1], "gate")
                gate.wait_begun()
            link.send("c", cancel_request=wire.CancelRequest(target_id=target, reason="enough"))
            ack = link.expect("acknowledge", lambda one: one.request_id == "c")
            words = {"r-none": "cancel target not found", "": "cancel target is required"}.get(target, "cancel request accepted")
            self.assertEqual((ack.accepted, ack.message), (target in ("r-a", "b"), words))
            if ack.accepted:
                done = link.expect("job_completed")
                self.assertEqual((done.success, done.error_message), (False, "context canceled"))

    def test_async_handler_is_cancelled_where_it_awaits(self):
        begun, cleaned = threading.Event(), threading.Event()

        @pw.job_type("waits")
        async def waits(ctx):
            begun.set()
            try:
                await asyncio.sleep(60)
            finally:
                cleaned.set()

        _, link = self.connected(waits)
        link.execute("j", "waits")
        self.assertTrue(begun.wait(10))
        link.send("c", cancel_request=wire.CancelRequest(target_id="j"))
        self.assertEqual(link.expect("job_completed").error_message, "context canceled")
        self.assertTrue(cleaned.is_set())

    def test_forced_cancel_keeps_the_slot_and_drops_the_result(self):
        gate = Gate(stubborn=True)
        _, link = self.connected(gate, execution_slots=1)
        link.execute("a", "gate")
        gate.wait_begun()
        link.send("c", cancel_request=wire.CancelRequest(target_id="a", force=True))
        link.expect("acknowledge", lambda ack: ack.request_id == "c" and ack.accepted)
        link.execute("b", "gate")
        self.assertFalse(link.expect("acknowledge", lambda ack: ack.request_id == "r-b").accepted)
        gate.open("a")
        link.expect("heartbeat", lambda beat: beat.execution_slots_used == 0)
        link.execute("c", "gate")
        gate.open("c")
        self.assertEqual(link.expect("job_completed").request_id, "r-c")
        self.assertEqual(len(link.all("job_completed")), 1)

    def test_timeout_of_an_attempt(self):
        gate, stubborn = Gate(), Gate("stubborn", stubborn=True)
        _, link = self.connected(gate, stubborn, cancel_grace=0.3)
        link.execute("a", "gate", timeout=1)
        self.assertEqual(link.expect("job_completed").error_message, "timeout")
        link.execute("b", "stubborn", timeout=1)
        self.assertEqual(link.expect("job_completed").error_message, "timeout")
        self.assertEqual(link.all("heartbeat")[-1].execution_slots_used, 1)
        stubborn.open("b")
        link.expect("heartbeat", lambda beat: beat.execution_slots_used == 0)
        self.assertEqual(len(link.all("job_completed")), 2)

    def test_longest_timeout_and_odd_requests(self):
        _, link = self.connected()
        link.execute("a", "echo", timeout=2147483647)
        self.assertTrue(link.expect("job_completed").success)
        link.execute("b", "nobody")
        self.assertIn("nobody is not executed", link.expect("job_completed").error_message)
        link.send("c", execute_job_request=wire.ExecuteJobRequest())
        self.assertEqual(link.expect("job_completed").request_id, "c")
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="echo"))
        done = link.expect("detection_complete")
        self.assertEqual((done.request_id, done.success), ("d", False))
        link.send("e")
        ack = link.expect("acknowledge", lambda one: one.request_id == "e")
        self.assertEqual((ack.accepted, ack.message), (False, "unsupported request body"))
        link.send("f", request_object_preview=wire.RequestObjectPreview())
        self.assertFalse(link.expect("acknowledge", lambda one: one.request_id == "f").accepted)
        self.assertEqual(link.expect("object_preview_response").request_id, "f")

    def test_stop_that_aborts_cancels_at_once(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.wait_begun()
        begun = time.monotonic()
        worker.stop(drain=False)
        self.assertLess(time.monotonic() - begun, 15)
        self.assertTrue(gate.canceled.acquire(timeout=5))

    def test_drain_that_takes_too_long_cancels(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("a", "gate")
        gate.wait_begun()
        stopping = Async(worker.stop, grace=0.2)
        done = link.expect("job_completed")
        self.assertEqual(done.error_message, "context canceled")
        link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        stopping.result()


class Schemas(AdminCase):
    def test_by_name_empty_and_unknown(self):
        _, link = self.connected(echo, Gate())
        for asked, success, text in (("echo", True, ""), ("", False, "job_type is required"), ("x", False, "echo, gate")):
            link.send("s", request_config_schema=wire.RequestConfigSchema(job_type=asked))
            answer = link.expect("config_schema_response")
            self.assertEqual((answer.request_id, answer.success), ("s", success))
            self.assertIn(text, answer.error_message)
        self.admin.greeting = Link.greet
        _, link = self.connected(echo, worker_id="w-2")
        link.send("s", request_config_schema=wire.RequestConfigSchema())
        self.assertEqual(link.expect("config_schema_response").job_type_descriptor.job_type, "echo")
