"""What handlers say while they run: progress, output, health, extensions."""
from __future__ import annotations

import threading
import time

from .support import AdminCase, Gate, echo, pw, wire


class Reports(AdminCase):
    def test_progress_is_conflated_rises_and_the_last_word_comes(self):
        @pw.job_type("counts")
        def counts(ctx):
            for number in range(1000):
                ctx.report(number / 10, "counting", str(number), {"n": number})
                ctx.sleep(0.001)
            ctx.report(5, "", "last")
            ctx.report(float("nan"), message="last")
            ctx.activity("done", details={"n": 1})

        _, link = self.connected(counts)
        begun = time.monotonic()
        link.execute("j", "counts")
        link.expect("job_completed", timeout=30)
        seconds = time.monotonic() - begun
        updates = link.all("job_progress_update")
        self.assertLessEqual(len(updates), 4 * seconds + 2)
        percents = [update.progress_percent for update in updates]
        self.assertEqual(percents, sorted(percents))
        self.assertEqual((updates[-1].message, updates[-1].progress_percent, updates[-1].stage), ("last", 99.9, "counting"))
        self.assertEqual({update.state for update in updates}, {wire.JOB_STATE_RUNNING})
        self.assertEqual(updates[-1].metrics["n"].int64_value, 999)
        self.assertEqual([activity.message for update in updates for activity in update.activities], ["done"])

    def test_metrics_of_reports_that_were_conflated_are_merged(self):
        @pw.job_type("measures")
        def measures(ctx):
            own = {"rows": 1, "odd": object(), 7: 1}
            ctx.report(10, metrics=own)
            own["rows"] = object()  # Its own again.
            ctx.report(20, metrics={"bytes": 2})
            ctx.report(30, metrics={"bytes": 3, **{f"m{number}": number for number in range(200)}})

        _, link = self.connected(measures)
        link.execute("j", "measures")
        link.expect("job_completed")
        metrics = link.all("job_progress_update")[-1].metrics
        self.assertEqual((metrics["rows"].int64_value, metrics["bytes"].int64_value, len(metrics)), (1, 3, 100))

    def test_progress_beyond_the_limit_comes_without_what_made_it_large(self):
        @pw.job_type("tells")
        def tells(ctx):
            ctx.report(50, "half", "way", {"large": "x" * 30_000})
            ctx.activity("y" * 15_000)
            ctx.activity("z" * 15_000)

        worker, link = self.connected(tells, max_send_bytes=20_000)
        link.execute("j", "tells")
        self.assertTrue(link.expect("job_completed").success)
        updates = link.all("job_progress_update")
        self.assertEqual({(update.request_id, update.progress_percent, update.stage, update.message) for update in updates}, {("r-j", 50.0, "half", "way")})
        self.assertTrue(all(not update.metrics and not update.activities for update in updates))
        self.assertIs(worker.state, pw.WorkerState.RUNNING)

    def test_output_is_whole_in_small_chunks(self):
        out, err = bytes(range(256)) * 4096, b"error\n" * 50_000

        @pw.job_type("prints")
        def prints(ctx):
            ctx.output("stdout", out)
            ctx.output("stderr", err)
            ctx.write_line("no more")

        _, link = self.connected(prints)
        link.execute("j", "prints")
        link.expect("job_completed", timeout=30)
        for stream, whole in ((wire.LOG_STREAM_STDOUT, out + b"no more\n"), (wire.LOG_STREAM_STDERR, err)):
            got = b""
            for chunk in [one for one in link.all("job_log") if one.stream == stream]:
                self.assertEqual((chunk.offset, chunk.request_id, chunk.job_id), (len(got), "r-j", "j"))
                self.assertLessEqual(len(chunk.data), 32 * 1024)
                got += chunk.data
            self.assertEqual(got, whole)

    def test_async_output_waits_too(self):
        whole = b"0123456789" * 100_000

        @pw.job_type("prints")
        async def prints(ctx):
            await ctx.output_async("stdout", whole)

        _, link = self.connected(prints)
        link.execute("j", "prints")
        link.expect("job_completed", timeout=30)
        self.assertEqual(b"".join(chunk.data for chunk in link.all("job_log")), whole)

    def test_heartbeats_show_slots_and_work_and_health(self):
        class Unwell(Gate):
            def health(self):
                return "the disk is full"

        gate = Unwell()
        self.admin.greeting = lambda link: link.greet(interval=1)
        _, link = self.connected(gate)
        first = link.expect("heartbeat")
        self.assertEqual((first.execution_slots_used, first.execution_slots_total, first.detection_slots_total), (0, 4, 1))
        link.execute("j", "gate")
        beat = link.expect("heartbeat", lambda one: len(one.running_work) > 0)
        work = beat.running_work[0]
        self.assertEqual((work.work_id, work.kind, work.job_type, work.request_id), ("j", wire.WORK_KIND_EXECUTION, "gate", "r-j"))
        self.assertEqual(beat.execution_slots_used, 1)
        link.expect("heartbeat", lambda one: one.metadata["health"] == "gate: the disk is full")
        gate.open("j")
        link.expect("heartbeat", lambda one: one.execution_slots_used == 0)

    def test_health_that_hangs_is_told_and_not_asked_again(self):
        class Hangs(Gate):
            asked = 0

            def health(self):
                self.asked += 1
                over.wait(20)

        over = threading.Event()
        self.addCleanup(over.set)
        hangs = Hangs()
        self.admin.greeting = lambda link: link.greet(interval=1)
        _, link = self.connected(hangs, request_timeout=0.1)
        for _ in range(3):
            link.expect("heartbeat", lambda beat: "no answer" in beat.metadata["health"])
        self.assertEqual(hangs.asked, 1)

    def test_ping_is_answered_by_the_loop_that_starts_handlers(self):
        release = threading.Event()

        @pw.job_type("blocks")
        async def blocks(ctx):
            begun.set()
            release.wait(20)  # What an async handler must not do.

        begun = threading.Event()
        self.admin.greeting = lambda link: link.greet(interval=1)
        _, link = self.connected(blocks)
        link.send(ping=wire.Ping(nonce=1))
        self.assertEqual(link.expect("pong").nonce, 1)
        link.execute("j", "blocks")
        self.assertTrue(begun.wait(10))
        link.send(ping=wire.Ping(nonce=2))
        for _ in range(2):
            link.expect("heartbeat")
        self.assertEqual(len(link.all("pong")), 1)
        release.set()
        self.assertEqual(link.expect("pong").nonce, 2)

    def test_drain_and_its_end(self):
        _, link = self.connected()
        for enabled in (True, False):
            link.send("d", drain=wire.Drain(enabled=enabled, reason="update"))
            link.expect("heartbeat", lambda beat: (beat.metadata.get("draining") == "true") == enabled)
            link.execute("j", "echo", f"r-{enabled}")
            self.assertEqual(link.expect("acknowledge", lambda ack: ack.request_id == f"r-{enabled}").accepted, not enabled)

    def test_preview(self):
        class Shows:
            descriptor = pw.DescriptorBuilder("shows").build()

            def execute(self, ctx):
                return None

            def preview(self, request):
                return pw.Preview(["a", "b"], [["1", "2"]], 7)

        _, link = self.connected(Shows())
        link.send("p", request_object_preview=wire.RequestObjectPreview(object_id=["x"]))
        shown = link.expect("object_preview_response")
        self.assertEqual((shown.success, list(shown.columns), list(shown.rows[0].values), shown.total_rows), (True, ["a", "b"], ["1", "2"], 7))
