"""An admin that knows no extensions."""
from __future__ import annotations

import threading

from .support import AdminCase, Gate, pw, wire


class Foreign(AdminCase):
    greeting = staticmethod(lambda link: link.greet(interval=30, extensions=()))

    def test_nothing_of_the_extensions_is_sent(self):
        @pw.job_type("chatty")
        def chatty(ctx):
            ctx.write_line("nobody takes this")
            ctx.report(50, "half")
            gate.execute(ctx)

        gate = Gate()
        worker, link = self.connected(chatty)
        self.assertEqual(worker.session.heartbeat_interval, 10.0)
        link.execute("j", "chatty")
        gate.wait_begun()
        link.expect("job_progress_update")
        gate.open("j")
        link.expect("job_completed")
        worker.stop()
        for message in link.received:
            self.assertEqual(extensions_in(message), [])

    def test_work_is_cancelled_when_the_stream_is_lost_and_nothing_is_claimed(self):
        gate = Gate()
        worker, link = self.connected(gate)
        link.execute("j", "gate")
        gate.wait_begun()
        link.end()
        self.assertTrue(gate.canceled.acquire(timeout=5))
        worker.wait()
        worker.start()
        again = self.admin.link()
        again.expect("heartbeat")
        self.assertEqual((list(again.hello.running_work), again.all("job_completed")), ([], []))

    def test_work_that_ends_on_the_next_stream_after_its_cancel_is_not_told_either(self):
        class Slow:
            descriptor = pw.DescriptorBuilder("slow").build()

            def __init__(self):
                self.begun, self.canceled, self.go_on = threading.Event(), threading.Event(), threading.Event()

            def execute(self, ctx):
                self.begun.set()
                ctx.canceled.wait(20)
                self.canceled.set()
                self.go_on.wait(20)
                return pw.JobOutcome.failed("canceled")

        slow = Slow()
        worker, link = self.connected(slow)
        link.execute("j", "slow")
        self.assertTrue(slow.begun.wait(20))
        link.end()
        self.assertTrue(slow.canceled.wait(20))
        worker.wait()
        worker.start()
        again = self.admin.link()
        again.expect("heartbeat", where=lambda beat: beat.execution_slots_used == 1)
        slow.go_on.set()
        again.expect("heartbeat", where=lambda beat: beat.execution_slots_used == 0)
        again.send("s", request_config_schema=wire.RequestConfigSchema(job_type="slow"))
        again.expect("config_schema_response")
        self.assertEqual(again.all("job_completed"), [])

    def test_work_of_an_idempotent_handler_goes_on_when_asked_for(self):
        gate = Gate()
        gate.idempotent = True
        worker, link = self.connected(gate, keep_work=True)
        link.execute("j", "gate")
        gate.wait_begun()
        link.end()
        worker.wait()
        worker.start()
        gate.open("j")
        late = self.admin.link().expect("job_completed")
        self.assertEqual((late.success, late.result.output_values["late_report"].bool_value), (True, True))

    def test_proposal_without_a_key_gets_its_id(self):
        class Finds:
            descriptor = pw.DescriptorBuilder("finds").build()

            def detect(self, ctx):
                yield pw.Proposal("p", summary="x")

        _, link = self.connected(Finds())
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds"))
        self.assertEqual(link.expect("detection_proposals").proposals[0].dedupe_key, "p")


def extensions_in(message):
    """Names of all fields from 100 on, at any depth."""
    found = []
    for field, value in message.ListFields():
        found += [field.name] if field.number >= 100 else []
        if field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for part in value if field.label == field.LABEL_REPEATED else [value]:
                found += extensions_in(part)
    return found
