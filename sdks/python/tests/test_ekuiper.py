"""Plugins of eKuiper's shape, ported by their imports."""
from __future__ import annotations

import logging
import subprocess
import sys
import threading
import unittest

from plugin_worker.ekuiper import Context, Function, PluginConfig, Sink, Source, symbols

from .support import SDK, AdminCase, pw, wire

PYSAM = """
import time
from plugin_worker.ekuiper import plugin, PluginConfig, Source, Sink, Function, Context
class PyJson(Source):
    def configure(self, datasource, conf): self.conf = conf
    def open(self, ctx):
        while True:
            ctx.emit({"name": "pyjson", "value": 2021}, None)
            time.sleep(0.05)
class Print(Sink):
    def collect(self, ctx, data): print("collected", data, flush=True)
class Revert(Function):
    def validate(self, args): return "" if len(args) == 1 else "one argument, please"
    def exec(self, args, ctx): return args[0][::-1]
revert = Revert()
plugin.start(PluginConfig("pysam", {"pyjson": lambda: PyJson()}, {"print": lambda: Print()}, {"revert": lambda: revert}))
"""


class Ported(AdminCase):
    def test_pysam(self):
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", PYSAM], stdout=subprocess.PIPE, text=True,
            env={"PYTHONPATH": str(SDK), "PLUGIN_ADMIN": self.admin.address, "PLUGIN_WORKER_ID": "pysam"})
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        link = self.admin.link()
        self.assertEqual({one.job_type: (one.can_detect, one.can_execute) for one in link.hello.capabilities},
                         {"pyjson": (True, False), "revert": (False, True), "print": (False, True)})
        link.execute("a", "revert", parameters={"args": pw.to_wire(["abc"])})
        self.assertEqual(link.expect("job_completed").result.output_values["result"].string_value, "cba")
        link.execute("b", "revert")
        done = link.expect("job_completed")
        self.assertEqual((done.error_message, done.result.output_values["error_class"].string_value), ("one argument, please", "permanent"))
        link.execute("c", "print", parameters={"data": pw.to_wire({"x": 1})})
        self.assertTrue(link.expect("job_completed").success)
        self.assertEqual(process.stdout.readline(), "collected {'x': 1}\n")
        link.send("d", run_detection_request=wire.RunDetectionRequest(
            job_type="pyjson", max_results=3, admin_config_values={"target_job_type": pw.to_wire("print")}))
        self.assertEqual(link.expect("detection_complete").total_proposals, 3)
        proposals = link.all("detection_proposals")[0].proposals
        self.assertEqual({one.job_type for one in proposals}, {"print"})
        self.assertEqual(len({one.dedupe_key for one in proposals}), 1)
        self.assertEqual(pw.from_wire(proposals[0].parameters["data"]), {"name": "pyjson", "value": 2021})


class Symbols(unittest.TestCase):
    def hosts(self, config):
        return {handler.descriptor.job_type: pw.HandlerTestHost(handler) for handler in symbols(config, logging.getLogger("test"))}

    def test_names_shared_by_kinds(self):
        with self.assertRaisesRegex(ValueError, "no source, sink or function"):
            symbols(PluginConfig("empty"), logging.getLogger("test"))
        config = PluginConfig("p", {"x": Source, "y": Source}, {"x": Sink, "y": Sink}, {"x": Function})
        self.assertEqual(set(self.hosts(config)), {"x", "x.sink", "y"})

    def test_window_ends_an_endless_source_and_closes_it(self):
        closed = threading.Event()

        class Endless(Source):
            def open(self, ctx):
                ctx.emit(1, {"dedupe_key": "k"})
                ctx.emit_error("half a fault")
                closed.wait(20)
                try:
                    ctx.emit(2)
                except Exception:  # As plugins do; the end of the window is no error of theirs.
                    raise AssertionError("the end of the window was taken for a fault")

            def close(self, ctx):
                closed.set()

        host = self.hosts(PluginConfig("p", {"s": Endless}, {"t": Sink}))["s"]
        host.worker_config["window_seconds"] = 1
        self.assertEqual([proposal.dedupe_key for proposal in host.detect()], ["k"])
        self.assertTrue(closed.is_set())
        self.assertEqual(host.activities, ["half a fault"])

    def test_source_without_a_target_shows_what_it_finds_and_makes_no_jobs(self):
        class Two(Source):
            def open(self, ctx):
                ctx.emit({"n": 1})
                ctx.emit({"n": 2})

        host = self.hosts(PluginConfig("p", {"s": Two}))["s"]
        self.assertEqual(list(host.detect()), [])
        self.assertEqual(host.activities, ['{"n": 1}', '{"n": 2}'])

    def test_aggregate_is_shown(self):
        class Sums(Function):
            def is_aggregate(self):
                return True

        [sums] = symbols(PluginConfig("p", functions={"sums": Sums}), logging.getLogger("test"))
        fields = {field.name: field for section in sums.descriptor.worker_config_form.sections for field in section.fields}
        self.assertIn("aggregates", fields["args"].help_text)

    def test_fault_of_a_source_is_told(self):
        class Broken(Source):
            def open(self, ctx):
                raise OSError("no such device")

        with self.assertRaisesRegex(OSError, "no such device"):
            self.hosts(PluginConfig("p", {"s": Broken}))["s"].detect()

    def test_sink_opens_once_and_acknowledges(self):
        calls = []

        class Keeps(Sink):
            def configure(self, conf):
                calls.append(("configure", conf))

            def open(self, ctx):
                calls.append("open")

            def collect(self, ctx, data):
                calls.append(data)
                if data == "bad":
                    ctx.ack_error("refused")
                elif data == "good":
                    ctx.ack_ok()

            def close(self, ctx):
                calls.append("close")

        [handler] = symbols(PluginConfig("p", sinks={"k": Keeps}), logging.getLogger("test"))
        host = pw.HandlerTestHost(handler, worker_config={"conf": {"a": 1}, "require_ack": True, "ack_timeout": 0.1})
        outcomes = [host.execute({"data": data}) for data in ("good", "bad", "silent")]
        handler.close()
        self.assertEqual([(one.success, one.text) for one in outcomes], [(True, ""), (False, "refused"), (False, "not acknowledged within 0.1 s")])
        self.assertEqual(calls, [("configure", {"a": 1}), "open", "good", "bad", "silent", "close"])

    def test_context(self):
        seen = {}

        class Looks(Function):
            def exec(self, args, ctx: Context):
                seen.update(rule=ctx.get_rule_id(), op=ctx.get_op_id(), instance=ctx.get_instance_id(), logger=ctx.get_logger().name)
                with self.outer.assertRaises(RuntimeError):
                    ctx.emit(1)
                return {1, 2}

        Looks.outer = self
        outcome = self.hosts(PluginConfig("p", functions={"f": Looks}))["f"].execute({"args": []}, job_id="j")
        self.assertEqual(seen, {"rule": "j", "op": "f", "instance": 0, "logger": "test"})
        self.assertEqual(outcome.outputs, {"result": '"{1, 2}"'})
