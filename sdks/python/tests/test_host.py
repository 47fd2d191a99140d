"""The host for tests of handlers."""
from __future__ import annotations

import asyncio
import datetime as dt
import unittest

from plugin_worker.contexts import SystemClock

from .support import WRONG, Returning, pw


class Handler:
    def __init__(self):
        builder = pw.DescriptorBuilder("h")
        builder.worker.section("s").integer("n", default=3)
        self.descriptor = builder.build()

    def detect(self, ctx):
        for number in range(ctx.config.integer("n")):
            yield pw.Proposal(f"p-{number}", summary=str(ctx.last_successful_run))

    def validate(self, ctx):
        return "n is negative" if ctx.config.integer("n") < 0 else None

    def execute(self, ctx):
        begun = ctx.now()
        ctx.sleep(3600)
        ctx.report(50, "half", "way", {"n": 1})
        ctx.output("stderr", b"oops\n")
        ctx.write_line(f"attempt {ctx.attempt} of {ctx.job_id}")
        ctx.activity("said")
        return {"seconds": (ctx.now() - begun).total_seconds(), **ctx.parameters}


class Host(unittest.TestCase):
    def test_detects_with_configuration_and_limit(self):
        host = pw.HandlerTestHost(Handler())
        self.assertEqual(len(host.detect()), 3)
        host.worker_config["n"] = 10
        self.assertEqual([proposal.id for proposal in host.detect(2, last_successful_run=dt.datetime(2030, 1, 1))], ["p-0", "p-1"])

    def test_detects_what_is_returned_in_each_form(self):
        found = [pw.Proposal(f"p-{number}") for number in range(3)]

        async def yields(ctx):
            for proposal in found:
                yield proposal

        async def later(ctx):
            return found

        for detect in (lambda ctx: found, lambda ctx: iter(found), lambda ctx: yields(ctx), lambda ctx: later(ctx), later, yields):
            for most in (0, 2):
                with self.subTest(detect=detect, most=most):
                    self.assertEqual(pw.HandlerTestHost(Returning(detect)).detect(most), found[:most or 3])
        self.assertEqual(pw.HandlerTestHost(Returning(lambda ctx: None)).detect(), [])

    def test_what_is_no_proposals_is_told_as_by_a_worker(self):
        for returned, why in WRONG:
            async def later(ctx):
                return returned

            for detect in (lambda ctx: returned, later):
                with self.subTest(returned=returned), self.assertRaises(TypeError) as raised:
                    pw.HandlerTestHost(Returning(detect)).detect()
                self.assertEqual(str(raised.exception), why)

    def test_cancelled_detector_is_left_alone(self):
        closed = []

        def detect(ctx):
            try:
                yield pw.Proposal("p-0")
                yield pw.Proposal("p-1")
            finally:
                closed.append(True)

        host = pw.HandlerTestHost(Returning(detect))
        host.canceled.set()
        self.assertEqual(([proposal.id for proposal in host.detect()], closed), (["p-0"], [True]))

    def test_gives_a_deadline(self):
        @pw.job_type("late")
        def late(ctx):
            return str(ctx.deadline - ctx.now()) if ctx.deadline else "none"

        host = pw.HandlerTestHost(late)
        self.assertEqual([host.execute(timeout=seconds).text for seconds in (None, 90)], ["none", "0:01:30"])

    def test_time_that_is_over_cancels_once(self):
        woken = []

        @pw.job_type("long")
        def long(ctx):
            begun = ctx.now()
            try:
                ctx.sleep(3600)
            finally:
                woken.append(((ctx.now() - begun).total_seconds(), ctx.canceled.is_set()))
            return "done"

        host = pw.HandlerTestHost(long)
        self.assertEqual([host.execute(timeout=seconds).text for seconds in (90, 7200, None)], ["timeout", "done", "done"])
        self.assertEqual(woken, [(90.0, True), (3600.0, False), (3600.0, False)])
        self.assertFalse(host.canceled.is_set())

    def test_time_that_is_over_by_the_machine_s_clock(self):
        @pw.job_type("waits")
        def waits(ctx):
            return "cancelled" if ctx.canceled.wait(60) else "forgotten"

        @pw.job_type("awaits")
        async def awaits(ctx):
            await asyncio.sleep(60)

        for handler, text in ((waits, "cancelled"), (awaits, "timeout")):
            self.assertEqual(pw.HandlerTestHost(handler, clock=SystemClock()).execute(timeout=0.05).text, text)

    def test_gives_labels(self):
        @pw.job_type("labelled")
        def labelled(ctx):
            return ctx.labels.get("zone", "none")

        host = pw.HandlerTestHost(labelled)
        self.assertEqual([host.execute(labels=labels).text for labels in (None, {"zone": "a"})], ["none", "a"])

    def test_executes_without_waiting(self):
        host = pw.HandlerTestHost(Handler())
        outcome = host.execute({"a": "b"}, job_id="j", attempt=2)
        self.assertEqual((outcome.success, dict(outcome.outputs)), (True, {"seconds": 3600.0, "a": "b"}))
        self.assertEqual((host.output, host.stderr, host.activities, host.progress), ("attempt 2 of j\n", b"oops\n", ["said"], [(50, "half", "way")]))
        self.assertEqual(host.metrics, {"n": 1})

    def test_validates_and_cancels(self):
        host = pw.HandlerTestHost(Handler())
        self.assertEqual(host.execute({"n": -1}).text, "n is negative")
        host.canceled.set()
        self.assertEqual(host.execute().text, "context canceled")

    def test_what_is_wrong_is_not_hidden(self):
        @pw.job_type("wrong")
        def wrong(ctx):
            raise RuntimeError("a bug")

        with self.assertRaisesRegex(RuntimeError, "a bug"):
            pw.HandlerTestHost(wrong).execute()
        with self.assertRaisesRegex(AssertionError, "does not detect"):
            pw.HandlerTestHost(wrong).detect()

    def test_async_handlers(self):
        @pw.job_type("later")
        async def later(ctx):
            await ctx.sleep_async(60)
            await ctx.output_async("stdout", b"x")
            return "done"

        host = pw.HandlerTestHost(later)
        self.assertEqual((host.execute().text, host.output), ("done", "x"))
