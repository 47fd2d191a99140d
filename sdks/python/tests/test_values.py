"""Values, configuration, descriptors, addresses, identity: what needs no admin."""
from __future__ import annotations

import asyncio
import base64
import datetime as dt
import http.server
import json
import tempfile
import threading
import time
import types
import unittest
from pathlib import Path

from google.protobuf import json_format

from .support import echo, pw, wire

from plugin_worker import addresses, values
from plugin_worker._attempt import LogRing, cut
from plugin_worker._completions import CompletionBox
from plugin_worker.config import parse_duration
from plugin_worker.options import find_worker_id


class Values(unittest.TestCase):
    def test_there_and_back(self):
        for value in (True, 0, -(2 ** 63), 2 ** 63 - 1, 1.5, "", "ü", b"\x00", dt.timedelta(days=-1, microseconds=7), ["a"], [], [1], [1.5], [True, False],
                      [1, "a"], {"a": {"b": [1, None] and [1]}}):
            self.assertEqual(pw.from_wire(pw.to_wire(value)), value)
        self.assertIsNone(pw.from_wire(wire.ConfigValue()))

    def test_what_is_no_value(self):
        for value, error in ((2 ** 63, ValueError), (None, TypeError), ({1: 2}, TypeError), (object(), TypeError), ([2 ** 64], ValueError)):
            with self.assertRaises(error):
                pw.to_wire(value)

    def test_times_beyond_python(self):
        self.assertEqual(values.from_duration(values.Duration(seconds=10 ** 17)), dt.timedelta.max)
        self.assertEqual(values.from_duration(values.Duration(seconds=-(10 ** 17))), dt.timedelta.min)
        self.assertIsNone(values.from_timestamp(values.Timestamp(seconds=253_402_300_800)))
        local = dt.datetime(2030, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
        self.assertEqual(values.from_timestamp(values.to_timestamp(local)), local)

    def test_cut_keeps_characters_whole(self):
        self.assertEqual(cut("üü", 3), "ü")
        self.assertEqual(cut("\ud800", 10), "?")


class Config(unittest.TestCase):
    @staticmethod
    def reader(**layer):
        return pw.ConfigReader({name: pw.to_wire(value) for name, value in layer.items()}, {"n": pw.to_wire(7), "t": pw.to_wire("default")})

    def test_coercions(self):
        read = self.reader(a=3.0, b="45", c=["x", "y"], d="x, y,", e="true", f="1h30m", g=45, h=5, i="0.5", j=True, k=0.25)
        self.assertEqual((read.integer("a"), read.integer("b"), read.text("c"), read.texts("d")), (3, 45, "x,y", ["x", "y"]))
        self.assertEqual((read.boolean("e"), read.duration("f"), read.duration("g")), (True, dt.timedelta(minutes=90), dt.timedelta(seconds=45)))
        self.assertEqual((read.number("h"), read.number("i"), read.text("j"), read.text("k"), read.duration("b").seconds), (5.0, 0.5, "true", "0.25", 45))
        self.assertEqual(read.warnings, ())

    def test_what_cannot_be_used_is_the_default_with_one_warning(self):
        warned = []
        read = pw.ConfigReader({"n": pw.to_wire("many"), "t": pw.to_wire({"a": 1})}, {"n": pw.to_wire(7)}, on_warning=warned.append)
        self.assertEqual((read.integer("n"), read.integer("n"), read.text("t", "d")), (7, 7, "d"))
        self.assertEqual(len(warned), 2)
        self.assertIn("n is stored as string_value", warned[0])

    def test_edges(self):
        read = self.reader(big=2 ** 53 + 1, even=2 ** 60)
        self.assertEqual((read.number("big", 1.0), read.number("even")), (1.0, 2.0 ** 60))
        read = self.reader(a=0.5, b=2.0 ** 60, c=float("nan"), d="9" * 25, e="", f=wire.ConfigValue(), g="1e400")
        self.assertEqual([read.integer(name, -1) for name in "abcd"], [-1] * 4)
        self.assertEqual((read.text("e", "x"), read.text("f", "x"), read.number("c", 1.0), read.number("g", 1.0)), ("", "x", 1.0, 1.0))
        self.assertEqual(read.under({"n": pw.to_wire(1)}).integer("n"), 1)
        self.assertIn("n", read)
        self.assertNotIn("zzz", read)

    def test_durations(self):
        for text, seconds in (("30", 30), ("30s", 30), ("250ms", 0.25), ("2d", 172_800), ("1h30m", 5400), (" 5m ", 300), ("1.5s", 1.5)):
            self.assertEqual(parse_duration(text), dt.timedelta(seconds=seconds))
        for text in ("", "x", "5 apples", "5x", "h", "1e99", "nan", "5m3"):
            self.assertIsNone(parse_duration(text), text)


class Descriptors(unittest.TestCase):
    def test_whole_form(self):
        builder = pw.DescriptorBuilder("x", "X", "does x", "fa-x", 3)
        section = builder.worker.section("main", "Main")
        section.toggle("on", default=True)
        section.integer("n", default=5).range(1, 10)
        section.select("s", default="a", choices=["a", ("b", "B")]).disabled_choice("c", "C", "not here")
        section.multi_select("m", default=["a"], choices=["a", "b"])
        section.text("t").required().regex("[a-z]+").visible_when("on", True)
        section.secret("p")
        section.duration("d", default=dt.timedelta(seconds=30)).range(dt.timedelta(), dt.timedelta(minutes=1))
        section.mapping("o", default={"a": 1}).max_items(3)
        section.list("l", default=[1, 2])
        section.blob("b").max_length(9)
        builder.admin.section("admin").number("r", default=1)
        built = builder.runtime(detection_interval_minutes=5, retry_limit=2).build()
        fields = {field.name: field for field in built.worker_config_form.sections[0].fields}
        self.assertEqual((built.descriptor_version, built.admin_runtime_defaults.enabled, built.admin_runtime_defaults.retry_limit), (3, True, 2))
        self.assertEqual(set(built.worker_config_form.default_values), {"on", "n", "s", "m", "d", "o", "l", "b"})
        self.assertEqual(dict(built.worker_default_values), dict(built.worker_config_form.default_values))
        self.assertTrue(fields["p"].sensitive and fields["t"].required)
        self.assertEqual((fields["s"].options[2].disabled, fields["t"].visible_when_field), (True, "on"))
        self.assertTrue(pw.DescriptorBuilder("y").build().admin_runtime_defaults.enabled)

    def test_worker_defaults_of_the_descriptor_are_over_those_of_its_form(self):
        builder = pw.DescriptorBuilder("t")
        section = builder.worker.section("s")
        section.number("n", default=1)
        section.number("m", default=2)
        made = builder.build()
        made.worker_default_values["n"].int64_value = 7
        del made.worker_default_values["m"]

        class Told:
            descriptor = made

            def execute(self, ctx):
                return pw.JobOutcome.succeeded(f"{ctx.saved.integer('n')} {ctx.saved.integer('m')}")

        host = pw.HandlerTestHost(Told())
        self.assertEqual(host.execute().text, "7 2")
        host.worker_config = {"n": 9}
        self.assertEqual(host.execute().text, "9 2")

    def test_all_mistakes_at_once(self):
        builder = pw.DescriptorBuilder("no spaces", version=0)
        section = builder.worker.section("s")
        builder.worker.section("s")
        section.integer("n", default=50).range(1, 10)
        section.integer("n")
        section.text("")
        section.text("v").visible_when("nowhere", 1)
        section.text("r").regex("(")
        section.select("c", default="z", choices=["a"])
        section.integer("w", default="text")
        section.integer("x").range(5, 1)
        section.integer("big", default=2 ** 70)
        section.text("l").max_length(-1)
        section.select("none")
        section.multi_select("both", choices=["a", "a"])
        section.duration("bound").range(0, 3600)
        section.number("fine").range(0, 1)
        builder.runtime(retry_limit=-1)
        with self.assertRaises(ValueError) as refused:
            builder.build()
        text = str(refused.exception)
        for part in (
            "not a job type", "version", "section s is there twice", "n has a default outside", "n is used twice", "without a name", "nowhere",
            "pattern", "c has a default that is not among", "w has a default of the kind", "x has a lowest value above",
            "big has a default that cannot", "l has a limit", "retry_limit",
            "none has no choices", "both has the choice a twice", "bound has a lowest value of the kind int64_value", "bound has a highest value",
        ):
            self.assertIn(part, text)
        self.assertNotIn("fine", text)

    def test_one_written_by_hand_is_checked_when_the_worker_is_made(self):
        wrong = wire.JobTypeDescriptor(job_type="by.hand", admin_runtime_defaults=wire.AdminRuntimeDefaults(retry_limit=-1))
        section = wrong.worker_config_form.sections.add(section_id="s")
        section.fields.add(name="n", field_type=wire.CONFIG_FIELD_TYPE_INT64, visible_when_field="nowhere")
        section.fields.add(name="untyped")
        wrong.worker_config_form.default_values["n"].string_value = "many"
        wrong.worker_config_form.default_values["gone"].string_value = "x"
        handler = type("ByHand", (), {"descriptor": wrong, "execute": lambda self, ctx: None})()
        with self.assertRaises(ValueError) as refused:
            pw.PluginWorker(pw.WorkerOptions(worker_id="w"), [handler])
        text = str(refused.exception)
        for part in ("version", "retry_limit", "n has a default of the kind string_value", "nowhere", "untyped has no type", "default for gone"):
            self.assertIn(part, text)


class Coercions(unittest.TestCase):
    """Values are coerced as the table of all SDKs says."""

    GETTERS = {
        "text": lambda reader: reader.text("v"), "int64": lambda reader: str(reader.integer("v")), "double": lambda reader: reader.number("v"),
        "bool": lambda reader: reader.boolean("v"), "bytes": lambda reader: base64.b64encode(reader.blob("v")).decode(),
        "duration": lambda reader: reader.duration("v").total_seconds(), "texts": lambda reader: reader.texts("v"),
        "int64s": lambda reader: [str(number) for number in reader.integers("v")],
    }

    def test_table(self):
        for row in json.loads(Path(__file__).parents[2].joinpath("config-values.json").read_text("utf-8")):
            value = json_format.ParseDict(row.pop("value"), wire.ConfigValue())
            with self.subTest(value=str(value)):
                said = {}
                for name, read in self.GETTERS.items():
                    reader = pw.ConfigReader({"v": value})
                    found = read(reader)
                    if not reader.warnings:
                        said[name] = found
                if "duration" in row:
                    self.assertAlmostEqual(said.pop("duration"), row.pop("duration"), delta=1e-6)
                self.assertEqual(said, row)


class Ring(unittest.TestCase):
    def test_output_of_64_mib_goes_with_results_the_newest_first(self):
        box, mib = CompletionBox(), 1 << 20
        for number, size in enumerate((1, 41 * mib, *[mib // 100] * 100, 23 * mib)):
            box.keep(wire.JobCompleted(request_id=str(number)), types.SimpleNamespace(output_size=size))
        self.assertEqual([done.request_id for done, attempt in box.all() if attempt is None], ["0", "1"])

    def test_offsets_gap_and_rewind(self):
        ring = LogRing(wire.LOG_STREAM_STDOUT)
        self.assertIsNone(ring.take())
        ring.append(b"a" * 40_000)
        self.assertEqual([(at, len(data)) for at, data in (ring.take(), ring.take())], [(0, 32_768), (32_768, 7_232)])
        ring.append(bytes(2_000_000))
        self.assertEqual(ring.unsent, 2_000_000)
        at, data = ring.take()
        self.assertEqual((at, len(data)), (2_040_000 - LogRing.CAPACITY, 32_768))
        ring.append(b"end")
        while (taken := ring.take()) is not None:
            at, data = taken
        self.assertEqual((at + len(data), data[-3:]), (2_040_003, b"end"))
        ring.rewind()
        self.assertEqual(ring.take()[0], 2_040_003 - LogRing.CAPACITY)


class Box(unittest.IsolatedAsyncioTestCase):
    async def test_bounds_and_confirmation(self):
        box = CompletionBox()
        await box.emptied()
        for number in range(CompletionBox.MOST + 5):
            box.keep(wire.JobCompleted(request_id=str(number)), None)
        kept = [completed.request_id for completed, _ in box.all()]
        self.assertEqual((len(kept), kept[0]), (CompletionBox.MOST, "5"))
        for name in kept:
            box.confirm(name)
        box.confirm("unknown")
        await asyncio.wait_for(box.emptied(), 1)
        box.keep(wire.JobCompleted(request_id="old"), None)
        box._kept["old"] = (*box._kept["old"][:2], time.monotonic() - CompletionBox.LONGEST - 1)
        self.assertEqual(box.all(), [])


class Identity(unittest.TestCase):
    def test_made_once_and_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            options = pw.WorkerOptions(worker_id=None, state_dir=str(Path(folder) / "new"))
            made = find_worker_id(options)
            self.assertRegex(made, "^[a-z0-9-]{1,63}$")
            self.assertEqual(find_worker_id(options), made)
            self.assertEqual(find_worker_id(pw.WorkerOptions(worker_id="given", state_dir=folder)), "given")
            (Path(folder) / "worker.id").write_text("w\x01\n", "utf-8")
            with self.assertRaisesRegex(ValueError, "1 to 255 printable characters"):
                pw.PluginWorker(pw.WorkerOptions(state_dir=folder), [echo])


class Addresses(unittest.TestCase):
    def status(self, answer):
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_port

    @staticmethod
    def says(status, body=b"", **headers):
        def answer(request):
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body)

        return answer

    def test_forms(self):
        self.assertEqual(addresses.resolve("grpc://host:5"), addresses.Target("host:5", False))
        self.assertEqual(addresses.resolve("grpcs://host:5"), addresses.Target("host:5", True))
        self.assertEqual(addresses.resolve("[::1]:80.5000").address, "[::1]:5000")
        self.assertEqual(addresses.resolve("host:0.5000").address, "host:5000")
        self.assertEqual(addresses.split(" a:1, ,b:2"), ["a:1", "b:2"])
        for wrong in ("host", "host:0", "host:70000", "host:1.0", "grpc://host", "host:x", "http://host:1", ""):
            with self.assertRaises(ValueError):
                addresses.resolve(wrong)

    def test_the_admin_names_its_port(self):
        port = self.status(self.says(200, b'{"worker_grpc_port": 4711}'))
        self.assertEqual(addresses.resolve(f"127.0.0.1:{port}").address, "127.0.0.1:4711")

    def test_redirects_are_followed_wherever_they_lead(self):
        there = self.status(self.says(200, b'{"worker_grpc_port": 4711}'))

        def sends(request):
            answer = self.says(302, Location="/b") if request.path != "/b" else self.says(307, Location=f"http://localhost:{there}/c?d")
            answer(request)

        self.assertEqual(addresses.resolve(f"127.0.0.1:{self.status(sends)}").address, "127.0.0.1:4711")

    def test_whatever_fails_there_leaves_the_convention(self):
        for body in (b"{", b"[]", b'{"worker_grpc_port": 0}', b'{"worker_grpc_port": true}', b'{"worker_grpc_port": "1"}', b"\xff"):
            port = self.status(self.says(200, body))
            self.assertEqual(addresses.resolve(f"127.0.0.1:{port}").address, f"127.0.0.1:{port + 10_000}")
        for answer in (self.says(401), self.says(302, Location="/elsewhere"), self.says(302, Location="http://elsewhere/")):
            port = self.status(answer)
            self.assertEqual(addresses.resolve(f"127.0.0.1:{port}").address, f"127.0.0.1:{port + 10_000}")

    def test_an_answer_that_hangs_or_trickles_is_given_up(self):
        over = threading.Event()
        self.addCleanup(over.set)

        def trickle(request):
            request.send_response(200)
            request.end_headers()
            try:
                while not over.wait(0.2):
                    request.wfile.write(b" ")
            except OSError:
                pass  # The other side has given up, as it should.

        for answer in (lambda request: over.wait(30), trickle):
            port = self.status(answer)
            begun = time.monotonic()
            self.assertEqual(addresses.resolve(f"127.0.0.1:{port}").address, f"127.0.0.1:{port + 10_000}")
            self.assertLess(time.monotonic() - begun, 4.5)
