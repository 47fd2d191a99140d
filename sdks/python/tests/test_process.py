"""A worker as a process: environment, signals, exit codes, probes; and that the generated messages are fresh."""
from __future__ import annotations

import filecmp
import importlib.util
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from .support import SDK, AdminCase, ScriptedAdmin, echo, grpc_status, pw, wire

SCRIPT = """
import os, sys
import plugin_worker as pw
@pw.job_type("waits")
def waits(ctx):
    print("begun", end="")  # No newline: nothing may keep it back.
    ctx.stopping.wait(20)
    return {"pid": os.getpid()}
@pw.job_type("hungry")
def hungry(ctx):
    raise MemoryError
@pw.job_type("hungry_async")
async def hungry_async(ctx):
    raise MemoryError
sys.exit(pw.main([waits, hungry, hungry_async], forever=os.environ.get("ONCE") is None))
"""


class Processes(AdminCase):
    def process(self, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLUGIN_")}
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
            env={**clean, "PYTHONPATH": str(SDK), "PLUGIN_ADMIN": self.admin.address, "PLUGIN_WORKER_ID": "w-env", **environment})
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_environment_and_sigterm_during_a_job(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process = self.process(PLUGIN_TOKEN="t-1", PLUGIN_POOL="blue", PLUGIN_ORDINAL="3", PLUGIN_LAUNCH="l-1")
                link = self.admin.link()
                self.assertEqual(link.metadata["authorization"], "Bearer t-1")
                self.assertEqual(link.hello.worker_id, "w-env")
                said = link.hello.metadata
                self.assertEqual((said["pool"], said["ordinal"], said["launch"], said["runtime"]), ("blue", "3", "l-1", "python"))
                link.execute("j", "waits")
                self.assertEqual(process.stdout.read(5), b"begun")
                process.send_signal(number)
                done = link.expect("job_completed")
                self.assertEqual(done.result.output_values["pid"].int64_value, process.pid)
                link.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
                self.assertEqual(process.wait(20), 0)

    def test_sigterm_while_the_admin_is_away_lets_the_job_end_and_brings_its_result_home(self):
        process = self.process()
        link = self.admin.link()
        link.execute("j", "waits")
        self.assertEqual(process.stdout.read(5), b"begun")
        self.admin.greeting = lambda one: one.end(grpc_status.UNAVAILABLE, "restarting")
        link.end()
        self.admin.link()
        process.send_signal(signal.SIGTERM)
        for _ in range(2):
            self.admin.link()
        back = queue.Queue()
        self.admin.greeting = lambda one: (one.greet(), back.put(one))
        again = back.get(timeout=20)
        self.assertEqual([work.request_id for work in again.hello.running_work], ["r-j"])
        done = again.expect("job_completed")
        self.assertEqual(done.result.output_values["pid"].int64_value, process.pid)
        again.send(job_completed_ack=wire.JobCompletedAck(request_id=done.request_id))
        self.assertEqual(process.wait(20), 0)

    def test_token_is_exchanged_in_memory(self):
        self.admin.headers = (("plugin-token", "t-2"),)
        self.admin.greeting = lambda link: link.greet(delay=1)
        self.process(PLUGIN_TOKEN="t-1")
        first = self.admin.link()
        first.end()
        self.assertEqual([first.metadata["authorization"], self.admin.link().metadata["authorization"]], ["Bearer t-1", "Bearer t-2"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_exit_codes(self):
        ends = []
        for greeting, code in (
            (lambda link: link.greet(False, "permanent"), 77), (lambda link: link.end(grpc_status.PERMISSION_DENIED, "no"), 77),
            (lambda link: link.end(grpc_status.INVALID_ARGUMENT, "what?"), 70),
            (lambda link: (link.greet(), link.send(shutdown=wire.AdminShutdown(reason="update", grace_period_seconds=1))), 0),
            (lambda link: (link.greet(), link.end(grpc_status.ABORTED, "replaced")), 70),
        ):
            admin = ScriptedAdmin(greeting)
            self.addCleanup(admin.stop)
            ends.append((self.process(PLUGIN_ADMIN=admin.address), code))
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            ends.append((self.process(ONCE="1", PLUGIN_ADMIN=f"grpc://127.0.0.1:{nobody.getsockname()[1]}"), 69))
            for process, code in ends:
                self.assertEqual(process.wait(30), code, code)
        process = self.process(PLUGIN_ADMIN="nonsense", PLUGIN_WORKER_ID="\t")
        self.assertEqual(process.wait(30), 70)
        said = process.stderr.read().decode()
        self.assertRegex(said, "^the worker cannot be made: .*worker id must have.*; 'nonsense' is not an address.*\n$")
        process = self.process(PLUGIN_WORKER_ID="", PLUGIN_DATA_DIR="/dev/null/x")
        self.assertEqual(process.wait(30), 70)
        self.assertRegex(process.stderr.read().decode(), "^the worker cannot be made: .*/dev/null/x.*\n$")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            process = self.process(PLUGIN_HEALTH_PORT=str(taken.getsockname()[1]))
            self.assertEqual(process.wait(30), 70)
        self.assertRegex(process.stderr.read().decode(), "^the health port cannot be opened: .*in use\n$")

    def test_out_of_memory_ends_the_process(self):
        for job_type in ("hungry", "hungry_async"):
            with self.subTest(job_type):
                process = self.process()
                link = self.admin.link()
                link.execute("j", job_type)
                self.assertEqual(process.wait(20), 70)
                self.assertRegex(process.stderr.read().decode(), rf"CRITICAL plugin_worker: out of memory in .*{job_type}.*: the process ends\n$")

    def test_log_level_is_that_of_the_environment(self):
        code = """
import logging, os
from plugin_worker.process import _log_to_stderr
for asked in (None, "debug", "INFO", "warning", "error", "loud"):
    os.environ.pop("PLUGIN_LOG_LEVEL", None)
    if asked is not None:
        os.environ["PLUGIN_LOG_LEVEL"] = asked
    _log_to_stderr()
    for level in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("plugin_worker.sub"), level)("%s when asked for %s", level, asked)
"""
        said = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(SDK)}, capture_output=True, text=True, check=True)
        told = [line.split(": ", 1)[1] for line in said.stderr.splitlines()]
        expected = {"None": 1, "debug": 0, "INFO": 1, "warning": 2, "error": 3, "loud": 1}
        self.assertEqual(told, [f"{level} when asked for {asked}" for asked, lowest in expected.items() for level in ("debug", "info", "warning", "error")[lowest:]])
        self.assertEqual(said.stdout, "")

    def test_health_port_that_is_none_ends_the_process(self):
        process = self.process(PLUGIN_HEALTH_PORT="808O")
        self.assertEqual(process.wait(30), 70)
        self.assertEqual(process.stderr.read().decode(), "the health port cannot be opened: PLUGIN_HEALTH_PORT is 1 to 65535, not '808O'\n")

    def test_probes(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.admin.greeting = lambda link: None
        self.process(PLUGIN_HEALTH_PORT=str(port))
        link = self.admin.link()

        def status(path):
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).status
            except urllib.error.HTTPError as error:
                return error.code

        self.assertEqual([status("/health"), status("/ready"), status("/else")], [200, 503, 404])
        link.greet()
        link.expect("heartbeat")
        link.send("s", request_config_schema=wire.RequestConfigSchema())
        link.expect("config_schema_response")
        self.assertEqual(status("/ready"), 200)
        self.assertEqual(status("/metrics"), 200)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
            self.assertIn('plugin_worker_executing{worker_id="w-env"} 0\n', answer.read().decode())


class Figures(AdminCase):
    def test_everything_is_counted_once(self):
        class Finds:
            descriptor = pw.DescriptorBuilder("finds").build()

            def detect(self, ctx):
                yield pw.Proposal("p-1")
                yield pw.Proposal("p-2")

        @pw.job_type("fails")
        def fails(ctx):
            raise ValueError("no")

        worker, link = self.connected(echo, fails, Finds(), worker_id='w-"1"')
        link.execute("a", "echo")
        link.execute("b", "fails")
        link.send("d", run_detection_request=wire.RunDetectionRequest(job_type="finds"))
        for kind, where in (
            ("job_completed", lambda done: done.job_id == "a"), ("job_completed", lambda done: done.job_id == "b"), ("detection_complete", lambda done: True),
        ):
            link.expect(kind, where, ahead=True)
        link.end()
        worker.wait()
        worker.start()
        self.admin.link()
        lines = worker.metrics.splitlines()
        for line in (
            'attempts_total{worker_id="w-\\"1\\"",job_type="echo",outcome="succeeded"} 1', 'attempts_total{worker_id="w-\\"1\\"",job_type="fails",outcome="failed"} 1',
            'proposals_total{worker_id="w-\\"1\\"",job_type="finds"} 2', 'sessions_total{worker_id="w-\\"1\\"",reason="ConnectionLost"} 1',
            'executing{worker_id="w-\\"1\\""} 0', 'detecting{worker_id="w-\\"1\\""} 0', 'completions_unacknowledged{worker_id="w-\\"1\\""} 2',
        ):
            self.assertIn(f"plugin_worker_{line}", lines)
        self.assertIn("# TYPE plugin_worker_attempts_total counter", lines)


class Generated(unittest.TestCase):
    def test_messages_are_fresh(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([str(SDK / "generate.sh"), "--to", folder], check=True)
            committed = SDK / "plugin_worker" / "wire"
            names = sorted(os.listdir(folder))
            self.assertEqual(sorted(path.name for path in committed.glob("*_pb2*")), names)
            same, different, failed = filecmp.cmpfiles(folder, committed, names, shallow=False)
            self.assertEqual((different, failed), ([], []), "run sdks/python/generate.sh")

    def test_package_is_importable_from_anywhere(self):
        with tempfile.TemporaryDirectory() as folder:
            code = "import plugin_worker, plugin_worker.aio; print(plugin_worker.__version__)"
            said = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=folder, env={"PYTHONPATH": str(SDK), "PATH": os.environ["PATH"]},
                                  capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        self.assertTrue(Path(SDK / "plugin_worker" / "py.typed").exists())


@unittest.skipUnless(importlib.util.find_spec("mypy"), "mypy is not installed")
class Typed(unittest.TestCase):
    """The package says that it is typed (py.typed)."""

    @classmethod
    def setUpClass(cls):
        cache = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cache.cleanup)
        cls.cache = cache.name

    def check(self, what):
        return subprocess.run([sys.executable, "-m", "mypy", "--cache-dir", self.cache, what], cwd=SDK, capture_output=True, text=True).stdout

    def test_package_is_what_it_says(self):
        self.assertRegex(self.check("plugin_worker"), "^Success: ")

    def test_program_that_uses_it_is_checked_by_its_types(self):
        program = Path(__file__).with_name("typed_program.py")
        self.assertRegex(self.check(str(program)), "^Success: ")
        with tempfile.TemporaryDirectory() as folder:
            wrong = Path(folder, "wrong.py")
            wrong.write_text(program.read_text("utf-8").replace("execution_slots=2", 'execution_slots="2"').replace("drain=False", "drian=False"), "utf-8")
            said = self.check(str(wrong))
        self.assertIn('Argument "execution_slots" to "WorkerOptions" has incompatible type "str"; expected "int"', said)
        self.assertIn('Unexpected keyword argument "drian" for "stop"', said)
