"""The conformance kit's worker for this SDK (sdks/conformance/README.md): JSON commands on stdin, answers and events on stdout."""
from __future__ import annotations

import dataclasses
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import plugin_worker as pw  # noqa: E402
from plugin_worker.process import exit_code  # noqa: E402

_out = threading.Lock()
_constructed: dict[str, int] = {}


def say(**line):
    text = json.dumps(line, ensure_ascii=False)
    with _out:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Conf:
    """What the handlers share: they are counted, and say when they begin, notice the cancel, and end."""

    fields = ()
    detects = False

    def __init__(self, name):
        _constructed[name] = _constructed.get(name, 0) + 1
        builder = pw.DescriptorBuilder(name)
        section = builder.worker.section("values", "Values")
        for kind, field, default in self.fields:
            getattr(section, kind)(field, default=default)
        self.descriptor = builder.build()

    def tell(self, ctx, phase):
        say(event="handler", phase=phase, job_type=ctx.job_type, job_id=getattr(ctx, "job_id", ""), request_id=ctx.request_id)

    def begin(self, ctx):
        self.tell(ctx, "begin")
        ctx.canceled.on_set(lambda: self.tell(ctx, "canceled"))


class Executes(Conf):
    def execute(self, ctx):
        self.begin(ctx)
        try:
            return self.work(ctx)
        finally:
            self.tell(ctx, "end")


class Echo(Executes):
    def work(self, ctx):
        return pw.JobOutcome.succeeded("echoed", dict(ctx.request.job.parameters))


class Sleep(Executes):
    fields = (("integer", "ms", 1000), ("integer", "report_every_ms", 0))

    def work(self, ctx):
        total, every = ctx.config.integer("ms"), ctx.config.integer("report_every_ms")
        begun = time.monotonic()
        while True:
            slept = (time.monotonic() - begun) * 1000
            if slept >= total:
                return {"slept_ms": int(slept)}
            ctx.sleep(min(every or total, total - slept) / 1000)
            if every:
                ctx.report(min(100.0, (time.monotonic() - begun) * 100_000 / total), "sleeping")


class Stubborn(Executes):
    fields = (("integer", "ms", 3000),)

    def work(self, ctx):
        time.sleep(ctx.config.integer("ms") / 1000)
        return {"slept_ms": ctx.config.integer("ms")}


class Fail(Executes):
    fields = (("text", "text", "conf_fail"), ("toggle", "permanent", False))

    def work(self, ctx):
        return pw.JobOutcome.failed(ctx.config.text("text"), permanent=ctx.config.boolean("permanent"))


class Throw(Executes):
    fields = (("text", "text", "conf_throw"), ("integer", "size", 0))

    def work(self, ctx):
        raise RuntimeError(ctx.config.text("text").ljust(ctx.config.integer("size"), "x"))


class Output(Executes):
    fields = (("integer", "bytes", 0), ("text", "streams", "both"), ("integer", "chunk", 8192), ("integer", "pause_ms", 0), ("text", "text", ""),
              ("integer", "hold_ms", 0))

    def work(self, ctx):
        ctx.output("stdout", ctx.config.text("text").encode())
        total, chunk, streams = ctx.config.integer("bytes"), ctx.config.integer("chunk"), ctx.config.text("streams")
        patterns = {"stdout": bytes(range(251)), "stderr": bytes(range(241))}
        for at in range(0, total, chunk):
            for stream, pattern in patterns.items():
                if streams in ("both", stream):
                    count = min(chunk, total - at)
                    start = at % len(pattern)
                    ctx.output(stream, (pattern * (count // len(pattern) + 2))[start:start + count])
            ctx.raise_if_canceled()
            if ctx.config.integer("pause_ms"):
                ctx.sleep(ctx.config.integer("pause_ms") / 1000)
        ctx.sleep(ctx.config.integer("hold_ms") / 1000)
        return {"written": total}


class Progress(Executes):
    fields = (("integer", "per_second", 2000), ("integer", "ms", 3000))

    def work(self, ctx):
        ms, per_second = ctx.config.integer("ms"), ctx.config.integer("per_second")
        calls, begun = 0, time.monotonic()
        while (passed := (time.monotonic() - begun) * 1000) < ms:
            calls += 1
            ctx.report(passed * 99 / ms, "counting", str(calls))
            ctx.sleep(max(0.0, calls / per_second - (time.monotonic() - begun)))
        calls += 1
        ctx.report(100, "counting", "last")
        return {"calls": calls}


class Detect(Conf):
    fields = (("integer", "count", 10), ("integer", "delay_ms", 0))

    def detect(self, ctx):
        self.begin(ctx)
        try:
            for i in range(ctx.config.integer("count")):
                ctx.sleep(ctx.config.integer("delay_ms") / 1000)
                ctx.propose(pw.Proposal(f"p-{i}", f"key-{i}", f"proposal {i}", parameters={"index": i, "sequence": ctx.sequence}))
        finally:
            self.tell(ctx, "end")


class Block(Conf):
    fields = (("integer", "ms", 3000),)

    async def execute(self, ctx):
        self.begin(ctx)
        time.sleep(ctx.config.integer("ms") / 1000)  # What an async handler must not do: the loop that starts handlers stands still.
        self.tell(ctx, "end")


class Config(Executes):
    def __init__(self, name):
        import datetime

        self.fields = (("text", "text", "descriptor"), ("integer", "count", 7), ("number", "ratio", 0.5), ("toggle", "flag", True),
                       ("duration", "pause", datetime.timedelta(seconds=30)), ("list", "names", ["a", "b"]), ("text", "late", "later"))
        super().__init__(name)

    def work(self, ctx):
        read = ctx.config
        return {"text": read.text("text"), "count": read.integer("count"), "ratio": read.number("ratio"), "flag": read.boolean("flag"),
                "pause_ms": int(read.duration("pause").total_seconds() * 1000), "names": read.texts("names"), "late": read.text("late")}


HANDLERS = {"conf_echo": Echo, "conf_sleep": Sleep, "conf_stubborn": Stubborn, "conf_fail": Fail, "conf_throw": Throw, "conf_output": Output,
            "conf_progress": Progress, "conf_detect": Detect, "conf_block": Block, "conf_config": Config}


class Invalid(Exception):
    pass


class LogEvents(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None and str(record.exc_info[1]) not in text:
            text += f": {record.exc_info[1]}"
        say(event="log", level="error" if record.levelno >= logging.ERROR else "warning", text=text[:100_000])


class Program:
    SECONDS = {"registration_timeout_ms": "registration_timeout", "resume_window_ms": "resume_window", "cancel_grace_ms": "cancel_grace",
               "keepalive_ms": "keepalive_interval"}
    PLAIN = ("address", "worker_id", "state_dir", "token", "detection_slots", "execution_slots", "extensions")

    LIMITS = {"receive_limit": "max_receive_bytes", "send_limit": "max_send_bytes"}

    def __init__(self):
        self.options, self.handlers, self.worker, self.policy = {}, list(HANDLERS), None, []
        self.cancels, self.lock, self.making = {}, threading.Condition(), threading.Lock()
        logger = logging.getLogger("plugin_worker")
        logger.addHandler(LogEvents(level=logging.WARNING))
        logger.propagate = False

    def serve(self):
        say(event="ready", pid=os.getpid(), sdk=f"python {pw.__version__}", blocks_loop=True, single_loop=False)
        for line in sys.stdin:
            command = json.loads(line)
            with self.lock:
                self.cancels[command["id"]] = pw.Cancellation()
            if command["do"] == "exit":
                say(id=command["id"], ok=True)
                break
            if command["do"] in ("set", "policy", "cancel"):
                self.answer(command)
            else:
                threading.Thread(target=self.answer, args=(command,), daemon=True).start()
        sys.stdout.flush()
        os._exit(0)

    def answer(self, command):
        number, name, args = command["id"], command["do"], command.get("args") or {}
        try:
            verb = getattr(self, f"do_{name}", None)
            if verb is None:
                raise Invalid(f"unknown command {name}")
            answer = {"ok": True, **(verb(args, self.cancels[number]) or {})}
        except pw.Rejected as error:
            answer = {"ok": False, "error": "Rejected", "text": str(error), "permanent": error.permanent}
        except pw.StartFailure as error:
            answer = {"ok": False, "error": error.reason.value, "text": str(error)}
        except pw.AlreadyStarted as error:
            answer = {"ok": False, "error": "AlreadyStarted", "text": str(error)}
        except pw.RunCanceled as error:
            answer = {"ok": False, "error": "Canceled", "text": str(error)}
        except (Invalid, ValueError, TypeError) as error:
            answer = {"ok": False, "error": "Invalid", "text": str(error)}
        except Exception as error:
            answer = {"ok": False, "error": "Internal", "text": f"{type(error).__name__}: {error}"}
        say(id=number, **answer)
        with self.lock:
            del self.cancels[number]
            self.lock.notify_all()
        if "exit" in answer and name == "run_forever":
            os._exit(answer["exit"])

    def do_set(self, args, cancel):
        if self.worker is not None:
            raise Invalid("the stub is made already")
        for name, value in args.items():
            if name in self.SECONDS:
                self.options[self.SECONDS[name]] = value / 1000
            elif name in self.PLAIN:
                self.options[name] = value
            elif name in self.LIMITS:
                self.options[self.LIMITS[name]] = value
            elif name == "handlers":
                self.handlers = value
            elif name == "ready_connection":
                host, _, port = value.rpartition(":")
                self.options["connection"] = socket.create_connection((host, int(port)), 5)
            else:
                raise Invalid(f"unknown option {name}")

    def do_new(self, args, cancel):
        self.stub()

    def do_start(self, args, cancel):
        return {"generation": self.stub().start(cancel=cancel).generation}

    def do_stop(self, args, cancel):
        self.stub().stop(args.get("drain", True), args.get("grace_ms", 30_000) / 1000)

    def do_run(self, args, cancel):
        return ended(self.stub().run(cancel=cancel))

    def do_wait(self, args, cancel):
        found = self.stub().wait(cancel=cancel)
        return ended(found) if found is not None else {"reason": None}

    def do_run_forever(self, args, cancel):
        stub = self.stub()
        if not args.get("exit"):
            return ended(stub.run_forever(cancel=cancel))
        try:
            result = stub.run_forever(cancel=cancel)
            return {**ended(result), "exit": exit_code(result.reason, result.permanent)}
        except pw.StartFailure as failure:
            return {"ok": False, "error": failure.reason.value, "text": str(failure), "exit": exit_code(failure.reason, failure.permanent)}
        except pw.RunCanceled:
            return {"ok": False, "error": "Canceled", "exit": 0}

    def do_cancel(self, args, cancel):
        with self.lock:
            target = self.cancels.get(args.get("target"))
        if target is not None:
            # On a thread of its own: whoever is told may take its time.
            threading.Thread(target=target.set, daemon=True).start()

    def do_policy(self, args, cancel):
        self.policy = list(args.get("on_close", []))

    def do_state(self, args, cancel):
        stub = self.stub()
        session = stub.session
        return {
            "state": stub.state.value, "worker_id": stub.worker_id, "generation": session.generation if session else 0,
            "instance_id": session.instance_id if session else "", "extensions": sorted(session.extensions) if session else [],
            "registration_timeout_ms": stub.registration_timeout * 1000, "request_timeout_ms": stub.request_timeout * 1000,
            "heartbeat_interval_ms": stub.heartbeat_interval * 1000, "reconnect_delay_ms": stub.reconnect_delay * 1000,
            "admin_version": stub.admin_version, "constructed": _constructed,
        }

    def stub(self):
        with self.making:
            if self.worker is None:
                options = dataclasses.replace(pw.WorkerOptions(), **self.options)
                unknown = [name for name in self.handlers if name not in HANDLERS]
                if unknown:
                    raise Invalid(f"no such handlers: {unknown}")
                self.worker = pw.PluginWorker(options, [HANDLERS[name](name) for name in self.handlers], on_close=self.on_close)
            return self.worker

    def on_close(self, reason, session):
        say(event="closed", reason=reason.value, generation=session.generation)
        for action in list(self.policy):
            if action == "throw":
                raise RuntimeError("thrown in OnClose")
            try:
                if action == "start" or (action == "restart" and pw.RestartPolicy.restarts(reason)):
                    self.worker.start()
                elif action == "stop":
                    self.worker.stop()
                say(event="did", do=action, ok=True, error="")
            except Exception as error:
                code = error.reason.value if isinstance(error, pw.StartFailure) else type(error).__name__
                say(event="did", do=action, ok=False, error=code)

    def on_signal(self, number, frame):
        threading.Thread(target=self.drain, daemon=True).start()

    def drain(self):
        if self.worker is not None:
            self.worker.stop(grace=30)
            self.worker.close()
        with self.lock:
            self.lock.wait_for(lambda: not self.cancels, timeout=2)  # Whoever waits for a run is answered first.
        os._exit(0)


def ended(result):
    return {"reason": result.reason.value, "generation": result.session.generation if result.session is not None else 0, "text": result.error}


if __name__ == "__main__":
    program = Program()
    signal.signal(signal.SIGTERM, program.on_signal)
    signal.signal(signal.SIGINT, program.on_signal)
    program.serve()
