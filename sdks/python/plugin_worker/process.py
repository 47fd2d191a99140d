"""A worker as a process of its own: environment variables, signals, exit codes, a port for cluster probes."""
from __future__ import annotations

import io
import json
import logging
import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, Optional, Sequence

from .cancellation import Cancellation
from .options import WorkerOptions
from .sessions import CloseReason, RestartPolicy, RunCanceled, StartFailure, WorkerState
from .worker import PluginWorker

OK, UNREACHABLE, INTERNAL, REFUSED = 0, 69, 70, 77


def main(
    handlers: Sequence[Any], options: Optional[WorkerOptions] = None, *, forever: bool = True, policy: Optional[RestartPolicy] = None, grace: float = 30.0,
) -> int:
    """Runs a worker until it ends for good, and returns the exit code: ``sys.exit(main([MyHandler()]))``.

    Reads ``PLUGIN_…`` variables, also ``PLUGIN_LOG_LEVEL`` and ``PLUGIN_HEALTH_PORT``. SIGTERM and SIGINT drain for ``grace`` seconds at most.
    0 after a stop or the admin's shutdown, 69 unreachable (only without ``forever``), 70 internal, 77 refused for good.
    """
    _log_to_stderr()
    try:
        worker = PluginWorker(options or WorkerOptions(), handlers)
    except (ValueError, OSError) as error:
        print(f"the worker cannot be made: {'; '.join(str(error).splitlines())}", file=sys.stderr, flush=True)
        return INTERNAL
    with worker:
        return serve(worker, forever=forever, policy=policy, grace=grace)


def serve(worker: PluginWorker, *, forever: bool = True, policy: Optional[RestartPolicy] = None, grace: float = 30.0) -> int:
    """As :func:`main`, for a worker that is made already. Signals are taken when called on the main thread."""
    logger = worker._core.options.logger
    _unbuffer()
    cancel = Cancellation()

    def end(number: int, frame: Any) -> None:
        # Not in the handler itself: a signal may come while this thread holds a lock that stopping needs.
        threading.Thread(target=_end, args=(worker, cancel, grace), name="plugin-worker-signal", daemon=True).start()

    try:
        probe = _probe(worker)
    except (ValueError, OSError) as error:
        print(f"the health port cannot be opened: {error}", file=sys.stderr, flush=True)
        return INTERNAL
    signals = (signal.SIGTERM, signal.SIGINT) if threading.current_thread() is threading.main_thread() else ()
    former = {number: signal.signal(number, end) for number in signals}
    try:
        result = worker.run_forever(policy, cancel=cancel) if forever else worker.run(cancel=cancel)
        (logger.info if result.reason is CloseReason.STOP_REQUESTED else logger.error)("the worker ended (%s): %s", result.reason.value, result.error)
        return exit_code(result.reason, result.permanent)
    except RunCanceled:
        return OK
    except StartFailure as failure:
        if cancel.is_set() or failure.reason is CloseReason.CANCELED:
            return OK
        logger.error("the worker did not start (%s): %s", failure.reason.value, failure)
        return exit_code(failure.reason, failure.permanent)
    except Exception as error:
        logger.critical("the worker failed: %s", error, exc_info=error)
        return INTERNAL
    finally:
        if probe is not None:
            probe.shutdown()
            probe.server_close()
        for number, handler in former.items():
            signal.signal(number, handler)


def settings() -> Dict[str, Any]:
    """The settings of the bundle this process belongs to, from PLUGIN_SETTINGS; empty when there are none. Raises ``ValueError`` when they
    are no JSON object."""
    found = json.loads(os.environ.get("PLUGIN_SETTINGS") or "{}")
    if not isinstance(found, dict):
        raise ValueError("PLUGIN_SETTINGS is no JSON object")
    return found


def exit_code(reason: CloseReason, permanent: bool = False) -> int:
    """The exit code for the end of a worker."""
    if reason in (CloseReason.STOP_REQUESTED, CloseReason.ADMIN_SHUTDOWN, CloseReason.CANCELED):
        return OK
    if reason is CloseReason.REJECTED and permanent:
        return REFUSED
    lost = (CloseReason.UNREACHABLE, CloseReason.TIMEOUT, CloseReason.CONNECTION_LOST, CloseReason.HEARTBEAT_TIMEOUT, CloseReason.REJECTED)
    return UNREACHABLE if reason in lost else INTERNAL


def _end(worker: PluginWorker, cancel: Cancellation, grace: float) -> None:
    worker.stop(grace=grace)
    cancel.set()


def _unbuffer() -> None:
    """What a handler prints is output of the process at once, as with ``python -u``; an output the application has put there is left alone."""
    stdout = sys.stdout
    if stdout is None or stdout is not sys.__stdout__ or not isinstance(stdout, io.TextIOWrapper) or isinstance(stdout.buffer, io.FileIO):
        return
    stdout.flush()
    raw = io.FileIO(stdout.fileno(), "w", closefd=False)
    sys.stdout = io.TextIOWrapper(raw, stdout.encoding, stdout.errors, write_through=True)


def _log_to_stderr() -> None:
    level = logging.getLevelName(os.environ.get("PLUGIN_LOG_LEVEL", "info").upper())
    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("plugin_worker").setLevel(level if isinstance(level, int) else logging.INFO)


def _probe(worker: PluginWorker) -> Optional[ThreadingHTTPServer]:
    """``/health`` is 200 while the process lives, ``/ready`` 200 while it serves and 503 else, ``/metrics`` what was counted. Loopback only."""
    port = os.environ.get("PLUGIN_HEALTH_PORT", "")
    if not port:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"PLUGIN_HEALTH_PORT is 1 to 65535, not '{port}'")

    class Probe(BaseHTTPRequestHandler):
        timeout = 5

        def do_GET(self) -> None:
            state, path = worker.state, self.path
            status = 200 if path in ("/health", "/metrics") or (path == "/ready" and state is WorkerState.RUNNING) else 503 if path == "/ready" else 404
            body = (worker.metrics if path == "/metrics" else f"{state.value}\n").encode()
            self.send_response(status)
            self.send_header("Content-Type", f"text/plain;{' version=0.0.4;' if path == '/metrics' else ''} charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Probes come every few seconds; nobody reads of them."""

    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Probe)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="plugin-worker-probe", daemon=True).start()
    return server
