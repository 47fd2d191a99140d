"""How a worker dials in and how much it takes on."""
from __future__ import annotations

import logging
import os
import random
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from ._descriptor_checks import descriptor_problems
from .addresses import address_problems, split
from .handlers import Handler, read_handler

VERSION = "0.1.0"
EXTENSIONS = ("log", "ack", "resume", "ping", "drain")


def _from_environment(name: str, otherwise: Optional[str]) -> Optional[str]:
    return os.environ.get(name) or otherwise


class _TokenOfEnvironment(str):
    """Nobody gave it to this worker: a file that is given goes before it."""


def _token_from_environment() -> Optional[str]:
    found = os.environ.get("PLUGIN_TOKEN")
    return _TokenOfEnvironment(found) if found else None


@dataclass(frozen=True)
class WorkerOptions:
    """Everything a worker may be told. Durations are seconds. ``PLUGIN_…`` are environment variables a pool sets."""

    address: str = field(default_factory=lambda: os.environ.get("PLUGIN_ADMIN") or "127.0.0.1:23646")
    """Where the admin is: ``host:http``, ``host:http.grpc``, ``grpc://host:port``, ``grpcs://…``, or a comma list tried in order. PLUGIN_ADMIN."""
    worker_id: Optional[str] = field(default_factory=lambda: _from_environment("PLUGIN_WORKER_ID", None))
    """Stable identity, 1 to 255 printable characters; else PLUGIN_WORKER_ID, else ``worker.id`` in :attr:`state_dir`, made when missing."""
    state_dir: str = field(default_factory=lambda: os.environ.get("PLUGIN_DATA_DIR") or ".")
    """Where a generated identity is kept. PLUGIN_DATA_DIR."""
    version: str = VERSION
    """Shown to people."""
    token: Optional[str] = field(default_factory=_token_from_environment, repr=False)
    """Sent as bearer token. An admin may exchange it for one bound to this worker, which is kept in memory only. PLUGIN_TOKEN."""
    token_file: Optional[str] = None
    """Where the token is instead; read again with each dial. It goes before PLUGIN_TOKEN; a :attr:`token` together with it is refused."""
    tls_ca: Optional[str] = field(default_factory=lambda: _from_environment("PLUGIN_TLS_CA", None))
    """PEM file with the authority that signed the admin's certificate. Set: TLS whatever the form of the address. Read again with each dial.
    PLUGIN_TLS_CA."""
    tls_cert: Optional[str] = field(default_factory=lambda: _from_environment("PLUGIN_TLS_CERT", None))
    """PEM file with the worker's own certificate; together with :attr:`tls_key` and :attr:`tls_ca`. PLUGIN_TLS_CERT."""
    tls_key: Optional[str] = field(default_factory=lambda: _from_environment("PLUGIN_TLS_KEY", None))
    """PEM file with the private key of :attr:`tls_cert`, unencrypted. PLUGIN_TLS_KEY."""
    tls_server_name: Optional[str] = field(default_factory=lambda: _from_environment("PLUGIN_TLS_SERVER_NAME", None))
    """The name in the admin's certificate; else the host that is dialled. PLUGIN_TLS_SERVER_NAME."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """For selectors of jobs; keys of 1 to 63 characters."""
    detection_slots: int = 1
    """Detections at once, all job types together; 1 to 10,000."""
    execution_slots: int = 4
    """Executions at once, all job types together; 1 to 10,000."""
    registration_timeout: float = 5.0
    """How long to wait for the admin's hello, per address."""
    request_timeout: float = 2.0
    """For short calls of handlers: validate, health."""
    resume_window: float = 15.0
    """How long running work outlives a lost stream, when the admin agreed."""
    cancel_grace: float = 10.0
    """From the end of an attempt's time to the end of waiting for its handler."""
    keep_work: bool = False
    """Work of handlers that say ``idempotent`` goes on when an admin without ``resume`` is lost."""
    extensions: Sequence[str] = EXTENSIONS
    """Asked of the admin; used only when it agrees."""
    keepalive_interval: float = 60.0
    """Pause between pings of the transport while a stream is open; at least 20, or stricter admins hang up."""
    keepalive_timeout: float = 20.0
    """An unanswered ping ends the session after this long."""
    max_receive_bytes: int = 1 << 30
    """Largest message that is taken."""
    max_send_bytes: int = 64 << 20
    """Largest message that is sent. Work whose answer is larger fails and says so."""
    connection: Optional[socket.socket] = None
    """A connection that is open already, for tests and inherited descriptors: the first start uses it, once, and asks nobody for an address;
    later ones dial. Not on Windows."""
    on_close: Optional[Callable[..., Any]] = None
    """Called as ``on_close(reason, session)`` once for each session that ended, on a thread of its own, outside every lock. The worker may be
    started and stopped inside; an exception in it is logged."""
    logger: logging.Logger = field(default_factory=lambda: logging.getLogger("plugin_worker"))

    def metadata(self) -> Dict[str, str]:
        """What hello says besides the capabilities."""
        said = {f"label.{key}": value for key, value in self.labels.items()}
        said["runtime"] = "python"
        if self.extensions:
            said["extensions"] = ",".join(self.extensions)
        for name in ("POOL", "ORDINAL", "LAUNCH", "BUNDLE", "BUNDLE_VERSION"):
            value = os.environ.get(f"PLUGIN_{name}")
            if value:
                said[name.lower()] = value
        return said


def find_worker_id(options: WorkerOptions) -> str:
    """The id given, else the one kept, else a new one, which is kept."""
    if options.worker_id is not None:
        return options.worker_id
    file = Path(options.state_dir) / "worker.id"
    try:
        kept = file.read_text("utf-8").strip()
    except FileNotFoundError:
        kept = ""
    if kept:
        return kept
    host = re.sub(r"[^a-z0-9]", "", socket.gethostname().lower())[:12]
    made = f"w-{host or 'host'}-{random.SystemRandom().randrange(1 << 32):08x}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(made + "\n", "utf-8")
    return made


def token_problems(options: WorkerOptions) -> List[str]:
    """Two tokens are given, of which only one can be meant."""
    twice = options.token_file and options.token and not isinstance(options.token, _TokenOfEnvironment)
    return ["there is one token: its text or its file"] if twice else []


def check(options: WorkerOptions, given: Sequence[Any], worker_id: str) -> Dict[str, Handler]:
    """The handlers by lower-case job type. Raises ``ValueError`` with everything that can be found wrong without a network, one per line."""
    problems: List[str] = []
    handlers: Dict[str, Handler] = {}
    if not given:
        problems.append("a worker needs at least one handler")
    for one in given:
        try:
            handler = read_handler(one)
        except ValueError as error:
            problems += str(error).splitlines()
            continue
        problems += descriptor_problems(handler.descriptor)
        if handlers.setdefault(handler.job_type.lower(), handler) is not handler:
            problems.append(f"two handlers have the job type {handler.job_type}")
    if not (1 <= len(worker_id) <= 255 and worker_id.isprintable() and worker_id.strip()):
        problems.append("the worker id must have 1 to 255 printable characters")
    if bool(options.tls_cert) != bool(options.tls_key) or (options.tls_cert and not options.tls_ca):
        problems.append("the TLS certificate and its key are used together, and with the authority")
    problems += token_problems(options)
    for name in ("detection_slots", "execution_slots"):
        if not 1 <= getattr(options, name) <= 10_000:
            problems.append(f"{name} must be 1 to 10,000")
    for name in ("registration_timeout", "request_timeout", "resume_window", "cancel_grace", "keepalive_timeout"):
        if not 0 < getattr(options, name) <= 86_400:
            problems.append(f"{name} must be more than 0 and at most a day")
    if options.keepalive_interval < 20:
        problems.append("keepalive_interval must be at least 20 s: stricter admins hang up otherwise")
    problems += [f"the label key '{key}' must have 1 to 63 characters" for key in options.labels if not 1 <= len(key) <= 63]
    if options.connection is None or split(options.address):
        problems += address_problems(options.address)
    if problems:
        raise ValueError("\n".join(problems))
    return handlers
