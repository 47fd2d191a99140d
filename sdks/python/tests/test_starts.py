"""How a start succeeds, how it fails, and what is checked before."""
from __future__ import annotations

import http.server
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock
from concurrent import futures
from pathlib import Path

import grpc

from plugin_worker import addresses
from plugin_worker.wire import job_service_pb2 as v1
from plugin_worker.wire.job_service_pb2_grpc import JobServiceServicer, add_JobServiceServicer_to_server

from .support import PATIENCE, Async, AdminCase, Closed, Link, ScriptedAdmin, echo, pw, silent


class Starts(AdminCase):
    def test_rejected_then_accepted_on_the_same_object(self):
        closed = Closed()
        answers = iter([(False, "not now"), (False, "never: permanent"), (True, "")])
        self.admin.greeting = lambda link: link.greet(*next(answers))
        worker = self.worker(on_close=closed)
        for permanent in (False, True):
            with self.assertRaises(pw.Rejected) as refused:
                worker.start()
            self.assertEqual(refused.exception.permanent, permanent)
            self.assertIs(worker.state, pw.WorkerState.STOPPED)
        self.assertEqual(worker.start().generation, 1)
        self.assertEqual(closed.calls, [])

    def test_token_given_in_exchange_is_kept_when_the_start_fails(self):
        self.admin.headers = (("plugin-token", "t-2"),)
        for refuse in (lambda link: link.greet(False, "not now"), lambda link: link.end(grpc.StatusCode.UNAVAILABLE, "going away")):
            with self.subTest():
                self.admin.greeting = refuse
                worker = self.worker(token="t-1")
                with self.assertRaises(pw.StartFailure):
                    worker.start()
                self.admin.greeting = Link.greet
                worker.start()
                self.assertEqual([self.admin.link().metadata["authorization"] for _ in range(2)], ["Bearer t-1", "Bearer t-2"])

    def test_connection_is_pinged_every_60_s_while_its_stream_is_open_and_given_up_20_s_after_a_ping(self):
        for given, pause, patience in (({}, 60_000, 20_000), ({"keepalive_interval": 20, "keepalive_timeout": 5}, 20_000, 5_000)):
            with self.subTest(given), unittest.mock.patch.object(grpc, "insecure_channel", wraps=grpc.insecure_channel) as dialled:
                self.worker(**given).start()
                said = dict(dialled.call_args.kwargs["options"])
                names = ("keepalive_time_ms", "keepalive_timeout_ms", "keepalive_permit_without_calls", "max_send_message_length", "max_receive_message_length")
                self.assertEqual([said[f"grpc.{name}"] for name in names], [pause, patience, 0, 64 << 20, 1 << 30])

    def test_refusing_status_is_typed(self):
        for code, kind, permanent in (
            (grpc.StatusCode.PERMISSION_DENIED, pw.Rejected, True), (grpc.StatusCode.UNKNOWN, pw.Rejected, False),
            (grpc.StatusCode.INVALID_ARGUMENT, pw.ProtocolError, True), (grpc.StatusCode.UNAVAILABLE, pw.Unreachable, False),
        ):
            with self.subTest(code):
                self.admin.greeting = lambda link: link.end(code, "worker_id is required")
                with self.assertRaisesRegex(kind, "worker_id is required") as refused:
                    self.worker().start()
                self.assertEqual(refused.exception.permanent, permanent)

    def test_silent_admin_times_out_at_its_limit(self):
        self.admin.greeting = silent
        worker = self.worker(registration_timeout=3.0)
        begun = time.monotonic()
        with self.assertRaises(pw.StartTimeout):
            worker.start()
        self.assertGreaterEqual(time.monotonic() - begun, 2.95)
        self.assertTrue(self.admin.link().over.wait(5), "the dead connection was kept")
        self.admin.greeting = Link.greet
        self.assertEqual(worker.start().generation, 1)

    def test_start_has_a_timeout_of_its_own(self):
        self.admin.greeting = silent
        with self.assertRaises(pw.StartTimeout):
            self.worker().start(timeout=0.2)

    def test_link_that_dies_meanwhile_is_unreachable_at_once(self):
        self.admin.greeting = lambda link: link.end()
        with self.assertRaises(pw.Unreachable):
            self.worker().start()

    def test_nobody_listening_is_unreachable_and_the_next_of_the_list_is_tried(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            dead = f"grpc://127.0.0.1:{taken.getsockname()[1]}"
            with self.assertRaises(pw.Unreachable):
                self.worker(address=dead).start()
            self.assertEqual(self.worker(address=f"{dead}, {self.admin.address}").start().address, self.admin.address[7:])

    def test_stop_while_starting_cancels_the_start(self):
        self.admin.greeting = silent
        closed = Closed()
        worker = self.worker(on_close=closed)
        starting = Async(worker.start)
        self.admin.link()
        with self.assertRaises(pw.AlreadyStarted):
            worker.start()
        worker.stop()
        with self.assertRaises(pw.StartCanceled):
            starting.result()
        self.assertIs(worker.state, pw.WorkerState.STOPPED)
        self.assertEqual(closed.calls, [])

    def test_a_set_cancellation_gives_the_start_up(self):
        self.admin.greeting = silent
        cancel = pw.Cancellation()
        starting = Async(self.worker().start, cancel=cancel)
        self.admin.link()
        cancel.set()
        with self.assertRaises(pw.StartCanceled):
            starting.result()

    def test_what_cannot_be_read_is_a_protocol_error(self):
        self.admin.greeting = lambda link: link.send_bytes(b"\xff\xff\xff")
        with self.assertRaises(pw.ProtocolError):
            self.worker().start()


class Ready(AdminCase):
    """A connection that is open already."""

    def given(self):
        connection = socket.create_connection(("127.0.0.1", self.admin.port))
        self.addCleanup(connection.close)
        return connection

    def test_serves_the_first_start_only_and_the_next_one_dials(self):
        with ScriptedAdmin() as dialled:
            worker = self.worker(address=dialled.address, connection=self.given())
            self.assertEqual(worker.start().address, "the given connection")
            link = self.admin.link()
            link.execute("j", "echo", parameters={"large": pw.to_wire("x" * 2_000_000)})
            self.assertTrue(link.expect("job_completed").success)
            worker.stop()
            self.assertTrue(link.over.wait(5), "the connection was kept")
            self.assertEqual(worker.start().address, dialled.address[7:])

    def test_needs_no_address_and_the_next_start_has_none(self):
        worker = self.worker(address="", connection=self.given())
        running = Async(worker.run)
        self.admin.link().end()
        self.assertIs(running.result().reason, pw.CloseReason.CONNECTION_LOST)
        with self.assertRaisesRegex(pw.Unreachable, "no address is set"):
            worker.start()

    def test_that_is_closed_is_nobody(self):
        gone = self.given()
        gone.close()
        with self.assertRaisesRegex(pw.Unreachable, "the given connection is closed"):
            self.worker(connection=gone).start()

    def test_to_nobody_is_given_up_in_time(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            connection = socket.create_connection(listener.getsockname())
            with self.assertRaises(pw.StartTimeout):
                self.worker(connection=connection, registration_timeout=0.3).start()
            self.assertEqual(connection.fileno(), -1)


class Clients(unittest.TestCase):
    """As whom the submitting side speaks."""

    def test_token_file_is_read_at_every_call(self):
        heard = []

        class Jobs(JobServiceServicer):
            def Cancel(self, request, context):
                heard.append(dict(context.invocation_metadata()).get("authorization"))
                return v1.CancelResponse(job=v1.Job(job_id=request.job_id))

        server = grpc.server(futures.ThreadPoolExecutor(max_workers=1))
        add_JobServiceServicer_to_server(Jobs(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, None)
        theirs = unittest.mock.patch.dict("os.environ", PLUGIN_TOKEN="not this one")
        with theirs, tempfile.NamedTemporaryFile("w+") as file, pw.AdminClient(f"grpc://127.0.0.1:{port}", token_file=file.name) as client:
            for token in ("first\n", "second", ""):
                Path(file.name).write_text(token)
                self.assertEqual(client.cancel("j").job_id, "j")
        self.assertEqual(heard, ["Bearer first", "Bearer second", None])

    def test_two_tokens_are_refused(self):
        with self.assertRaisesRegex(ValueError, "there is one token: its text or its file"):
            pw.AdminClient("grpc://127.0.0.1:1", token="mine", token_file="too")


class Away(unittest.TestCase):
    """With an admin that is not there yet, and then refuses what it is asked for twice before it answers."""

    def setUp(self):
        counts = {}
        self.keys = keys = []

        class Jobs(JobServiceServicer):
            def answer(self, name, context, answer):
                counts[name] = counts.get(name, 0) + 1
                if counts[name] % 3:
                    context.abort(grpc.StatusCode.UNAVAILABLE, "restarting")
                return answer

            def Submit(self, request, context):
                keys.append(request.idempotency_key)
                return self.answer("Submit", context, v1.SubmitResponse(job=v1.Job(job_id="j")))

            def Get(self, request, context):
                return self.answer("Get", context, v1.GetResponse(job=v1.Job(job_id=request.job_id, state="JOB_STATE_SUCCEEDED")))

            def Cancel(self, request, context):
                return self.answer("Cancel", context, v1.CancelResponse(job=v1.Job(job_id=request.job_id)))

        self.server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        add_JobServiceServicer_to_server(Jobs(), self.server)
        self.addCleanup(self.server.stop, None)
        with socket.create_server(("127.0.0.1", 0)) as place:
            self.port = place.getsockname()[1]

    def client(self, **options):
        client = pw.AdminClient(f"grpc://127.0.0.1:{self.port}", **options)
        self.addCleanup(client.close)
        return client

    def test_an_admin_that_is_away_is_waited_for_and_a_submission_sent_again_makes_one_job(self):
        client = self.client()
        submitting = Async(client.submit, "x")
        self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        self.server.start()
        self.assertEqual(submitting.result().job_id, "j")
        self.assertEqual((client.get("j").job_id, client.wait("j").job_id, client.cancel("j").job_id), ("j", "j", "j"))
        client.submit("x")
        client.submit("x", idempotency_key="mine")
        first, second = self.keys[0], self.keys[3]
        self.assertRegex(first, "^sdk-.{36}$")
        self.assertNotEqual(first, second)
        self.assertEqual(self.keys, [first] * 3 + [second] * 3 + ["mine"] * 3)

    def test_patience_has_an_end(self):
        client = self.client(patience=0)
        for call in (client.submit, client.get, client.cancel, client.wait):
            with self.subTest(call.__name__), self.assertRaises(grpc.RpcError) as gone:
                call("j")
            self.assertEqual(gone.exception.code(), grpc.StatusCode.UNAVAILABLE)
        with self.assertRaisesRegex(TimeoutError, "^job j goes on after 0 s$"):
            self.client().wait("j", timeout=0)


class Found(unittest.TestCase):
    """Where the submitting side looks for its admin."""

    def serve(self):
        class Jobs(JobServiceServicer):
            def Submit(self, request, context):
                return v1.SubmitResponse(job=v1.Job(job_id="j"))

            def List(self, request, context):
                return v1.ListResponse(jobs=[v1.Job(job_id="j")])

            def WatchLogs(self, request, context):
                yield v1.LogChunk(data=b"said")

        server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        add_JobServiceServicer_to_server(Jobs(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, None)
        return server, port

    def page(self, place, said):
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"worker_grpc_port": %d}' % said["port"])

            def log_message(self, *arguments):
                pass

        page = http.server.ThreadingHTTPServer(("127.0.0.1", place), Page)
        threading.Thread(target=page.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(page.server_close)
        self.addCleanup(page.shutdown)

    def client(self, address, **options):
        client = pw.AdminClient(address, **options)
        self.addCleanup(client.close)
        return client

    def test_a_port_is_guessed_only_until_the_admin_says_it_and_as_long_as_it_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as somewhere:
            place = 20_000 + somewhere.getsockname()[1] % 10_000  # Its guess is a port too, of nobody.
        guessed, found = threading.Event(), []

        def resolve(*arguments):
            found.append(addresses.resolve(*arguments).address)
            guessed.set()
            return addresses.resolve(*arguments)

        with unittest.mock.patch("plugin_worker._admins.resolve", resolve):
            client = self.client(f"127.0.0.1:{place}")
            submitting = Async(client.submit, "x")
            self.assertTrue(guessed.wait(PATIENCE))
            self.assertEqual(found[0], f"127.0.0.1:{place + 10_000}")
            first, port = self.serve()
            said = {"port": port}
            self.page(place, said)
            self.assertEqual(submitting.result().job_id, "j")
            _, said["port"] = self.serve()
            first.stop(None).wait()
            self.assertEqual(client.submit("x").job_id, "j")

    def test_of_a_list_the_first_that_is_there_is_asked_by_every_call(self):
        _, port = self.serve()
        for ask, answer in (
            (lambda client: client.submit("x").job_id, "j"), (lambda client: client.jobs("x")[0].job_id, "j"),
            (lambda client: next(client.watch_logs("j")).data, b"said"),
        ):
            self.assertEqual(ask(self.client(f"grpc://127.0.0.1:1, grpc://127.0.0.1:{port}", patience=0)), answer)
        with self.assertRaises(grpc.RpcError) as gone:
            self.client("grpc://127.0.0.1:1,grpc://127.0.0.1:2", patience=0).submit("x")
        self.assertEqual(gone.exception.code(), grpc.StatusCode.UNAVAILABLE)

    def test_what_is_no_address_is_refused_at_once(self):
        for wrong in ("", "grpc://127.0.0.1:1,nowhere"):
            with self.assertRaises(ValueError):
                pw.AdminClient(wrong)


class Patience(unittest.TestCase):
    """With an admin that takes calls and answers none."""

    def setUp(self):
        released = threading.Event()
        given = self.given = []

        class Silent(grpc.GenericRpcHandler):
            """Knows the jobs that ``given`` has, and nothing else."""

            def service(self, details):
                def answer(request, context):
                    if details.method.endswith("/Submit") and given:
                        return v1.SubmitResponse(job=v1.Job(job_id=given[0])).SerializeToString()
                    released.wait(60)
                    return b""

                return grpc.unary_unary_rpc_method_handler(answer)

        server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), handlers=(Silent(),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(server.stop, None)
        self.addCleanup(released.set)
        self.client = pw.AdminClient(f"grpc://127.0.0.1:{port}")
        self.addCleanup(self.client.close)

    def late(self, text, call, *arguments, **named):
        with self.assertRaisesRegex(TimeoutError, text):
            Async(call, *arguments, **named).result()

    def test_no_time_to_wait_is_time_enough_to_find_that_a_job_has_ended(self):
        ended = v1.Job(job_id="j", state="JOB_STATE_SUCCEEDED")
        with unittest.mock.patch.object(self.client._admins, "ask") as ask:
            get = lambda request, metadata, timeout: v1.GetResponse(job=ended) if timeout >= 1 else self.fail(f"{timeout} s")  # noqa: E731
            ask.side_effect = lambda call: call(unittest.mock.Mock(jobs=unittest.mock.Mock(Get=get)))
            self.assertEqual(self.client.wait("j", timeout=0), ended)

    def test_each_call_ends_in_time_with_an_error_of_its_own(self):
        client = self.client
        with unittest.mock.patch("plugin_worker.admin.CALL_TIMEOUT", 0.2):
            for call, *arguments in (
                (client.submit, "x"), (client.get, "j"), (client.cancel, "j"), (client.describe, "x"), (client.configure, "x", {}), (client.jobs, "x"),
                (client.wait, "j"), (client.run_job, "x"),
            ):
                with self.subTest(call.__name__):
                    self.late("^the admin has not answered within 0.2 s$", call, *arguments)
            # It is answered when the worker has looked, however long that may take.
            self.late("^the admin has not answered within 0.5 s$", client.detect, "x", timeout=0.3)

    def test_no_call_takes_longer_than_its_caller_has(self):
        self.late("^job j goes on after 0.2 s$", self.client.wait, "j", 0.2)
        self.late("^the admin has not taken the job within 0.2 s; it may yet do it$", self.client.run_job, "x", timeout=0.2)
        self.given.append("j")
        self.late("^job j goes on after 0.2 s$", self.client.run_job, "x", timeout=0.2)


class Secure(AdminCase):
    def test_tls_with_a_certificate_on_both_sides(self):
        with tempfile.TemporaryDirectory() as folder:
            def openssl(*arguments):
                subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
            for name in ("admin", "worker"):
                openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName=DNS:{name}.test")
                openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy",
                        "-out", f"{name}.pem", "-days", "2")
            at = Path(folder)
            credentials = grpc.ssl_server_credentials(
                [((at / "admin.key").read_bytes(), (at / "admin.pem").read_bytes())], (at / "ca.pem").read_bytes(), require_client_auth=True)
            (at / "token").write_text("secret\n", "utf-8")
            tls = {"tls_ca": str(at / "ca.pem"), "tls_cert": str(at / "worker.pem"), "tls_key": str(at / "worker.key"), "tls_server_name": "admin.test"}
            self.look_up(at, tls)
            with ScriptedAdmin(credentials=credentials) as admin:
                worker = self.worker(address=admin.address, token_file=str(at / "token"), **tls)
                worker.start()
                self.assertEqual(admin.link().metadata["authorization"], "Bearer secret")
                for wrong in ({"tls_server_name": "other.test"}, {"tls_cert": None, "tls_key": None}, {"tls_ca": str(at / "missing")}):
                    with self.assertRaises(pw.StartFailure):
                        self.worker(address=admin.address, **{**tls, **wrong}).start()


    def look_up(self, at, tls):
        """By https the status page is believed as the stream would be: whoever shows what, as long as no authority is set."""
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"worker_grpc_port": 4711}')

            def log_message(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(at / "admin.pem", at / "admin.key")
        page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        page.socket = context.wrap_socket(page.socket, server_side=True)
        threading.Thread(target=page.serve_forever, args=(0.02,), daemon=True).start()
        try:
            entry, convention = f"127.0.0.1:{page.server_port}", f"127.0.0.1:{page.server_port + 10_000}"
            for found, arguments in (
                ("127.0.0.1:4711", ()), ("127.0.0.1:4711", (tls["tls_ca"], "admin.test")), (convention, (tls["tls_ca"], "other.test")), (convention, (tls["tls_cert"], "admin.test")),
            ):
                self.assertEqual(addresses.resolve(entry, *arguments).address, found)
        finally:
            page.shutdown()
            page.server_close()


class Tokens(AdminCase):
    def test_file_that_is_given_wins_over_the_environment(self):
        with tempfile.NamedTemporaryFile("w", suffix=".token") as file, unittest.mock.patch.dict("os.environ", PLUGIN_TOKEN="theirs"):
            file.write("mine\n")
            file.flush()
            self.worker(token_file=file.name).start()
            self.assertEqual(self.admin.link().metadata["authorization"], "Bearer mine")


class Options(unittest.TestCase):
    def test_token_and_token_file_together_are_refused(self):
        with self.assertRaisesRegex(ValueError, "^there is one token: its text or its file$"):
            pw.PluginWorker(pw.WorkerOptions(worker_id="w", token="mine", token_file="too"), [echo])
        with unittest.mock.patch.dict("os.environ", PLUGIN_TOKEN="theirs"):
            options = pw.WorkerOptions(worker_id="w", token_file="mine")
        pw.PluginWorker(options, [echo])  # The environment's is nobody's in particular.

    def test_environment_fills_in_what_is_not_given(self):
        said = {"PLUGIN_TLS_CA": "ca", "PLUGIN_TLS_CERT": "cert", "PLUGIN_TLS_KEY": "key", "PLUGIN_TLS_SERVER_NAME": "name", "PLUGIN_TOKEN": "t"}
        with unittest.mock.patch.dict("os.environ", said):
            options = pw.WorkerOptions(tls_cert="mine", token="mine")
        self.assertEqual((options.tls_ca, options.tls_cert, options.tls_key, options.tls_server_name, options.token), ("ca", "mine", "key", "name", "mine"))

    def test_all_findings_at_once(self):
        broken = type("Broken", (), {"descriptor": pw.DescriptorBuilder("broken").build()})()
        with self.assertRaises(ValueError) as refused:
            pw.PluginWorker(
                pw.WorkerOptions(worker_id="\n", execution_slots=0, keepalive_interval=5, labels={"": "x"}, tls_cert="a"), [echo, echo, broken, object()])
        findings = str(refused.exception).splitlines()
        for part in ("two handlers", "neither detect nor execute", "no descriptor", "worker id", "execution_slots", "keepalive", "label key", "TLS"):
            self.assertTrue(any(part in finding for finding in findings), (part, findings))
        with self.assertRaisesRegex(ValueError, "is not an address; use host:port(.|\n)*is not an address; use grpc://"):
            pw.PluginWorker(pw.WorkerOptions(worker_id="w", address="127.0.0.1:80,no address,grpc://host:70000"), [echo])
        with self.assertRaisesRegex(ValueError, "at least one handler"):
            pw.PluginWorker(pw.WorkerOptions(worker_id="w"), [])
