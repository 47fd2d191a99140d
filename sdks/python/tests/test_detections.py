"""Detections: batches, limits, back-pressure; and when the stream goes away, what is counted is what was sent, and the end finds its way."""
from __future__ import annotations

import asyncio
import threading
import unittest
import unittest.mock

from plugin_worker import _attempt
from plugin_worker._attempt import ProposalSink

from .support import WRONG, AdminCase, Returning, pw, wire

INT64 = (-(2 ** 63), 2 ** 63 - 1)

class Detections(AdminCase):
    class Finds:
        def __init__(self, form):
            self.descriptor = pw.DescriptorBuilder("finds").build()
            self.detect = getattr(self, form)

        def calls(self, ctx):
            for proposal in self.found(ctx):
                ctx.propose(proposal)

        def yields(self, ctx):
            yield from self.found(ctx)

        async def yields_async(self, ctx):
            for proposal in self.found(ctx):
                yield proposal

        async def calls_async(self, ctx):
            for proposal in self.found(ctx):
                await ctx.propose_async(proposal)

        def returns(self, ctx):
            return list(self.found(ctx))

        def returns_async_iterable(self, ctx):
            return self.yields_async(ctx)

        def returns_coroutine(self, ctx):
            return self.returns_async(ctx)

        async def returns_async(self, ctx):
            return tuple(self.found(ctx))

        @staticmethod
        def found(ctx):
            return (pw.Proposal(f"p-{n}", summary="x", parameters={"sequence": ctx.sequence}) for n in range(1200))

    def test_what_the_admin_knows_reaches_the_detector(self):
        found = []

        def detect(ctx):
            found.append((ctx.runtime.retry_limit, list(ctx.cluster.master_grpc_addresses), dict(ctx.cluster.metadata)))
            return []

        _, link = self.connected(Returning(detect))
        link.send("d", run_detection_request=wire.RunDetectionRequest(
            request_id="d", job_type="returning", admin_runtime=wire.AdminRuntimeConfig(retry_limit=3),
            cluster_context=wire.ClusterContext(master_grpc_addresses=["master:19333"], metadata={"zone": "a"})))
        self.assertTrue(link.expect("detection_complete").success)
        link.send("e", run_detection_request=wire.RunDetectionRequest(request_id="e", job_type="returning"))
        self.assertTrue(link.expect("detection_complete").success)
        self.assertEqual(found, [(3, ["master:19333"], {"zone": "a"}), (0, [], {})])

    def test_batches_and_the_limit_in_each_form_of_a_detector(self):
        for form in ("calls", "yields", "yields_async", "calls_async", "returns", "returns_async_iterable", "returns_coroutine", "returns_async"):
            for most, sizes in ((700, [500, 200]), (0, [500, 500, 200])):
                with self.subTest(form=form, most=most):
                    worker, link = self.connected(self.Finds(form))
                    link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds", max_results=most, detection_sequence=INT64[1]))
                    done = link.expect("detection_complete")
                    batches = link.all("detection_proposals")
                    self.assertEqual([len(batch.proposals) for batch in batches], sizes)
                    self.assertEqual([batch.has_more for batch in batches][:-1], [True] * (len(sizes) - 1))
                    self.assertEqual((done.success, done.total_proposals, done.request_id), (True, sum(sizes), "d"))
                    self.assertEqual(batches[0].proposals[0].parameters["sequence"].int64_value, INT64[1])
                    worker.close()

    def test_what_is_no_proposals_fails_the_detection(self):
        for returned, why in WRONG:
            async def later(ctx):
                return returned

            for detect in (lambda ctx: returned, later):
                with self.subTest(returned=returned):
                    worker, link = self.connected(Returning(detect))
                    link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="returning"))
                    done = link.expect("detection_complete")
                    self.assertEqual((done.success, done.total_proposals, done.error_message), (False, 0, f"TypeError: {why}"))
                    worker.close()

    def test_proposal_of_more_than_1_mib_is_not_sent_and_told_of(self):
        class Large:
            descriptor = pw.DescriptorBuilder("large").build()

            def detect(self, ctx):
                yield pw.Proposal("small")
                yield pw.Proposal("large", detail="x" * (1 << 20))
                yield pw.Proposal("other")

        _, link = self.connected(Large())
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="large"))
        done = link.expect("detection_complete")
        sent = [one.proposal_id for batch in link.all("detection_proposals") for one in batch.proposals]
        self.assertEqual((done.success, done.total_proposals, sent), (True, 2, ["small", "other"]))
        said = " ".join(activity.message for update in link.all("job_progress_update") for activity in update.activities)
        self.assertRegex(said, r"the proposal large has \d+ bytes and is not sent; 1 MiB is the most")

    def test_slow_admin_holds_the_detector_up_and_a_cancel_lets_it_go(self):
        class Endless:
            descriptor = pw.DescriptorBuilder("endless").build()

            def __init__(self):
                self.made, self.ended = 0, threading.Event()

            def detect(self, ctx):
                while not ctx.canceled.is_set():
                    self.made += 1
                    ctx.propose(pw.Proposal(str(self.made), detail="x" * 100_000))
                self.ended.set()

        endless = Endless()
        _, link = self.connected(endless)
        link.expect("heartbeat")
        link.reads.clear()
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="endless"))
        before = -1
        while before != endless.made or before == 0:
            before = endless.made
            self.assertFalse(endless.ended.wait(0.5))
        self.assertLess(before, 1000, "nothing holds the detector up")
        link.send("c", cancel_request=wire.CancelRequest(target_id="d"))
        self.assertTrue(endless.ended.wait(10))
        link.reads.set()
        self.assertEqual(link.expect("detection_complete").error_message, "context canceled")

    def test_second_detection_waits_and_both_can_be_cancelled(self):
        begun = threading.Semaphore(0)

        class Slow:
            descriptor = pw.DescriptorBuilder("slow").build()

            def detect(self, ctx):
                begun.release()
                ctx.sleep(60)

        _, link = self.connected(Slow())
        for name in ("a", "b"):
            link.send(name, run_detection_request=wire.RunDetectionRequest(request_id=name, job_type="slow"))
            self.assertTrue(link.expect("acknowledge").accepted)
        self.assertTrue(begun.acquire(timeout=10))
        link.expect("heartbeat", lambda beat: beat.detection_slots_used == 1 and len(beat.running_work) == 2)
        for name in ("b", "a"):
            link.send(f"c-{name}", cancel_request=wire.CancelRequest(target_id=name))
            done = link.expect("detection_complete")
            self.assertEqual((done.request_id, done.success, done.error_message), (name, False, "context canceled"))
        self.assertFalse(begun.acquire(blocking=False), "a cancelled detection was run")

    def test_a_thousand_detections_wait_and_no_more(self):
        found = threading.Event()
        _, link = self.connected(Returning(lambda ctx: found.wait(20) and []), detection_slots=2)
        for number in range(1, 1004):
            link.send(f"d{number}", run_detection_request=wire.RunDetectionRequest(request_id=f"d{number}", job_type="returning"))
        refused = link.expect("detection_complete")
        self.assertEqual((refused.request_id, refused.success, refused.error_message), ("d1003", False, "too many detections wait"))
        found.set()
        self.assertTrue(all(link.expect("detection_complete").success for _ in range(1002)))


class Away(AdminCase):
    class Finds:
        descriptor = pw.DescriptorBuilder("finds").build()

        def __init__(self):
            self.begun, self.go_on = threading.Event(), threading.Event()

        def detect(self, ctx):
            self.begun.set()
            for number in range(600):
                yield pw.Proposal(f"p-{number}")
                if number == 510:
                    self.go_on.wait(20)

    def lost(self, **options):
        """A detection of 600 of which 500 have arrived; its stream is gone."""
        finds = self.Finds()
        worker, link = self.connected(finds, **options)
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds"))
        self.assertEqual(len(link.expect("detection_proposals").proposals), 500)
        link.send("s", request_config_schema=wire.RequestConfigSchema(job_type="finds"))
        link.expect("config_schema_response")  # What came before it counts as written.
        link.end()
        worker.wait()
        return finds, worker

    def test_what_is_proposed_and_how_it_ends_waits_for_the_next_stream(self):
        finds, worker = self.lost()
        finds.go_on.set()
        worker.start()
        again = self.admin.link()
        self.assertEqual([(work.request_id, work.kind) for work in again.hello.running_work], [("d", wire.WORK_KIND_DETECTION)])
        done = again.expect("detection_complete")
        self.assertEqual(sum(len(batch.proposals) for batch in again.all("detection_proposals")), 100)
        self.assertEqual((done.success, done.total_proposals), (True, 600))

    def test_nothing_waits_once_the_window_is_over(self):
        finds, worker = self.lost(resume_window=0.1)
        pause = threading.Event()
        finds.go_on.set()
        while worker._core._runner.running:
            self.assertFalse(pause.wait(0.01))
        worker.start()
        again = self.admin.link()
        again.send("s", request_config_schema=wire.RequestConfigSchema(job_type="finds"))
        again.expect("config_schema_response")
        self.assertEqual((list(again.hello.running_work), again.all("detection_complete")), ([], []))

    def test_batches_that_the_stream_took_with_it_are_sent_again(self):
        class Many:
            descriptor = pw.DescriptorBuilder("many").build()

            def detect(self, ctx):
                for number in range(6):
                    yield pw.Proposal(f"p-{number}", detail="x" * 900_000)

        worker, link = self.connected(Many())
        link.expect("heartbeat")
        link.stops_after = "acknowledge"
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="many"))
        link.expect("acknowledge")
        link.end()
        worker.wait()
        worker.start()
        again = self.admin.link()
        done = again.expect("detection_complete")
        link.reads.set()
        got = {one.proposal_id for each in (link, again) for batch in each.all("detection_proposals") for one in batch.proposals}
        self.assertEqual((done.success, done.total_proposals, got), (True, 6, {f"p-{number}" for number in range(6)}))


class Unread(unittest.TestCase):
    """An admin that takes nothing: no detector is held up for more than 5 s at a time."""

    def setUp(self):
        self.assertEqual(_attempt.PATIENCE, 5.0)
        patched = unittest.mock.patch.object(_attempt, "PATIENCE", 0.01)
        patched.start()
        self.addCleanup(patched.stop)
        self.sent, self.reads = [], False
        self.sink = ProposalSink(wire.RunDetectionRequest(job_type="t"), False, self.send, pw.Cancellation(), lambda: False, self.fail)

    def send(self, message, told):
        if not self.reads:
            return pw.Cancellation()  # Set when there is room, which never comes.
        self.sent += [proposal.proposal_id for proposal in message.detection_proposals.proposals]
        told(True)
        return None

    def proposals(self, batches):
        return [pw.Proposal(str(number)) for number in range(batches * ProposalSink.MOST + 1)]

    def test_what_it_does_not_take_in_time_waits_and_is_sent_in_the_end(self):
        proposals = self.proposals(3)

        async def propose():
            for proposal in proposals[1::2]:
                await self.sink.propose_async(proposal)
            self.reads = True
            await self.sink.finish_async()

        for proposal in proposals[::2]:
            self.sink.propose(proposal)
        asyncio.run(propose())
        self.assertEqual(sorted(self.sent), sorted(proposal.id for proposal in proposals))
        self.assertEqual(self.sink.sent, len(proposals))

    def test_no_more_than_16_batches_wait(self):
        *fit, one_more = self.proposals(ProposalSink.WAITING + 1)
        for proposal in fit:
            self.sink.propose(proposal)
        with self.assertRaisesRegex(TimeoutError, "^the admin takes no proposals: 16 batches of them wait$"):
            self.sink.propose(one_more)
