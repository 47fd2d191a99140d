"""The shape of eKuiper's portable plugins: sources, sinks and functions become job types, and ``plugin.start`` serves them.

Change the imports of a plugin and nothing else: ``from plugin_worker.ekuiper import plugin, PluginConfig, Source, Sink, Function, Context``.

- A source is a detector: one detection opens it for ``window_seconds``; what it emits becomes proposals for ``target_job_type``, or, when
  that is empty, lines on the timeline.
- A function is an executor: parameter ``args``, output ``result``. A sink is one too: parameter ``data``.
- A sink of the same name as a function is the job type ``<name>.sink``; a source may share its job type with one of them.
"""
from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Optional

from .cancellation import Cancellation
from .contexts import DetectionContext, JobContext
from .descriptor import DescriptorBuilder
from .options import WorkerOptions
from .outcomes import JobOutcome, Proposal
from .process import serve
from .sessions import CloseReason, SessionSnapshot
from .values import to_wire
from .worker import PluginWorker

__all__ = ["Context", "Function", "PluginConfig", "Sink", "Source", "plugin"]

_CLOSE_PATIENCE = 2.0
"""Seconds for a source to come back from ``open`` once it is closed."""


class Context:
    """What a symbol sees of its surroundings."""

    def __init__(self, rule: str, operation: str, logger: logging.Logger) -> None:
        self._rule, self._operation, self._logger = rule, operation, logger

    def get_rule_id(self) -> str:
        """The id of the detection or job."""
        return self._rule

    def get_op_id(self) -> str:
        """The job type."""
        return self._operation

    def get_instance_id(self) -> int:
        """Always 0: each symbol is there once."""
        return 0

    def get_logger(self) -> logging.Logger:
        """Where the plugin writes."""
        return self._logger

    def emit(self, message: Any, meta: Optional[Mapping[str, Any]] = None) -> None:
        """Only sources emit."""
        raise RuntimeError("only a source can emit")

    def emit_error(self, error: str) -> None:
        """Tells of a fault; shown on the timeline."""
        self._logger.error("%s", error)

    def ack_ok(self) -> None:
        """Only a sink acknowledges."""
        raise RuntimeError("only a sink can acknowledge")

    def ack_error(self, error: str) -> None:
        """Only a sink acknowledges."""
        raise RuntimeError("only a sink can acknowledge")


class Source:
    """Brings messages in."""

    def configure(self, datasource: str, conf: Dict[str, Any]) -> None:
        """Before ``open``."""

    def open(self, ctx: Context) -> None:
        """Emits until it is closed."""
        raise NotImplementedError

    def close(self, ctx: Context) -> None:
        """The detection is over."""


class Sink:
    """Takes messages out."""

    def configure(self, conf: Dict[str, Any]) -> None:
        """Before ``open``."""

    def open(self, ctx: Context) -> None:
        """Once per session."""

    def collect(self, ctx: Context, data: Any) -> None:
        """One message."""
        raise NotImplementedError

    def close(self, ctx: Context) -> None:
        """The session has ended."""


class Function:
    """Computes."""

    def validate(self, args: List[Any]) -> str:
        """Why these arguments can never do; empty when they can."""
        return ""

    def exec(self, args: List[Any], ctx: Context) -> Any:
        """The result."""
        raise NotImplementedError

    def is_aggregate(self) -> bool:
        """Whether the first argument is a list of many."""
        return False


@dataclass
class PluginConfig:
    """A plugin: its name, and for each symbol what makes an instance."""

    name: str
    sources: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    sinks: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    functions: Mapping[str, Callable[[], Any]] = field(default_factory=dict)


class _WindowOver(BaseException):
    """Takes a source out of its endless ``open``; not an Exception, so that no handler of its own holds it up."""


class _SourceContext(Context):
    def __init__(self, ctx: DetectionContext, logger: logging.Logger, target: str) -> None:
        super().__init__(ctx.request_id, ctx.job_type, logger)
        self._ctx, self._target = ctx, target
        self.over = Cancellation()
        self._count = 0

    def emit(self, message: Any, meta: Optional[Mapping[str, Any]] = None) -> None:
        if self.over.is_set():
            raise _WindowOver
        canonical = json.dumps(message, sort_keys=True, ensure_ascii=False, default=repr).encode()
        key = str((meta or {}).get("dedupe_key") or hashlib.sha256(canonical).hexdigest())
        self._count += 1
        if not self._target:
            self._ctx.activity(canonical[:200].decode("utf-8", "ignore"), "source", {"message": canonical[:4096].decode("utf-8", "ignore")})
            return
        self._ctx.propose(Proposal(
            id=f"{self._count}", dedupe_key=key, summary=canonical[:200].decode("utf-8", "ignore"), job_type=self._target,
            parameters={"data": message, "args": [message], "message": message, "meta": dict(meta or {})}))
        if self._ctx.is_full:
            self.over.set()
            raise _WindowOver

    def emit_error(self, error: str) -> None:
        self._ctx.activity(str(error), "source")


class _SinkContext(Context):
    def __init__(self, rule: str, operation: str, logger: logging.Logger) -> None:
        super().__init__(rule, operation, logger)
        self.acknowledged = threading.Event()
        self.error: Optional[str] = None

    def ack_ok(self) -> None:
        self.acknowledged.set()

    def ack_error(self, error: str) -> None:
        self.error = str(error)
        self.acknowledged.set()


class _Symbol:
    """One job type, of one symbol or two of the same name."""

    def __init__(self, name: str, config: PluginConfig, logger: logging.Logger, target: str) -> None:
        self._logger = logger
        self._source = config.sources.get(name)
        plain = name[:-len(".sink")] if name.endswith(".sink") and name not in config.sinks else name
        self._sink = config.sinks.get(plain) if plain not in config.functions or plain != name else None
        self._function = config.functions[name]() if name in config.functions else None
        self._lock = threading.Lock()
        self._opened: Optional[Any] = None
        builder = DescriptorBuilder(name, description=f"{config.name}: {name}")
        settings = builder.worker.section("settings", "Settings")
        settings.mapping("conf", "Configuration", "Handed to configure.")
        if self._source is not None:
            settings.text("datasource", "Data source", "Handed to configure.")
            settings.integer("window_seconds", "Window", "Seconds a detection lasts.", default=10).range(1, 86_400)
            builder.admin.section("detection", "Detection").text(
                "target_job_type", "Executed by", "Job type of the jobs. Empty: what is found is shown on the timeline, and no jobs are made.", default=target)
            self.detect = self._detect
        if self._sink is not None:
            settings.toggle("require_ack", "Wait for an acknowledgement", "The sink says by ack_ok or ack_error how it went.")
            settings.duration("ack_timeout", "Longest wait for it").range(dt.timedelta(), dt.timedelta(hours=1))
        if self._sink is not None or self._function is not None:
            job = builder.worker.section("job", "Job")
            if self._function is not None:
                job.list("args", "Arguments", "The first one is a list: it aggregates." if self._function.is_aggregate() else "")
            else:
                job.mapping("data", "Data")
            self.execute = self._execute
            self.validate = self._validate
        self.descriptor = builder.build()

    def close(self) -> None:
        """The session has ended."""
        with self._lock:
            sink, self._opened = self._opened, None
        if sink is not None:
            sink.close(_SinkContext("", self.descriptor.job_type, self._logger))

    def _detect(self, ctx: DetectionContext) -> None:
        assert self._source is not None
        source = self._source()
        inner = _SourceContext(ctx, self._logger, ctx.config.text("target_job_type"))
        source.configure(ctx.config.text("datasource"), ctx.config.mapping("conf"))
        faults: List[BaseException] = []

        def run() -> None:
            try:
                source.open(inner)
            except _WindowOver:
                pass
            except BaseException as error:
                faults.append(error)
            inner.over.set()

        thread = threading.Thread(target=run, name=f"source-{ctx.job_type}", daemon=True)
        thread.start()
        forget = ctx.canceled.link(inner.over.set)
        inner.over.wait(ctx.config.integer("window_seconds", 10))
        forget()
        inner.over.set()
        source.close(inner)
        thread.join(_CLOSE_PATIENCE)
        if thread.is_alive():
            self._logger.warning("the source %s does not come back from open although it was closed", ctx.job_type)
        if faults:
            raise faults[0]
        ctx.raise_if_canceled()

    def _validate(self, ctx: JobContext) -> Optional[str]:
        if self._function is None:
            return None
        text = self._function.validate(ctx.config.value("args", []))
        return str(text) if text else None

    def _execute(self, ctx: JobContext) -> Any:
        if self._function is not None:
            result = self._function.exec(ctx.config.value("args", []), Context(ctx.job_id, ctx.job_type, self._logger))
            return {} if result is None else {"result": _plain(result)}
        return self._collect(ctx)

    def _collect(self, ctx: JobContext) -> Any:
        assert self._sink is not None
        inner = _SinkContext(ctx.job_id, ctx.job_type, self._logger)
        with self._lock:
            if self._opened is None:
                made = self._sink()
                made.configure(ctx.config.mapping("conf"))
                made.open(inner)
                self._opened = made
            sink = self._opened
        sink.collect(inner, ctx.config.value("data"))
        if not ctx.config.boolean("require_ack"):
            return None
        seconds = ctx.config.duration("ack_timeout").total_seconds() or 1.0
        if not inner.acknowledged.wait(seconds):
            return JobOutcome.failed(f"not acknowledged within {seconds:g} s")
        return None if inner.error is None else JobOutcome.failed(inner.error)


def _plain(value: Any) -> Any:
    """The value when the protocol can carry it, else its JSON."""
    try:
        to_wire(value)
        return value
    except (TypeError, ValueError):
        return json.dumps(value, default=repr)


def symbols(config: PluginConfig, logger: logging.Logger) -> List[_Symbol]:
    """The handlers of a plugin. Raises ``ValueError`` when it has none."""
    sinks = {name: f"{name}.sink" if name in config.functions else name for name in config.sinks}
    names = list(dict.fromkeys([*config.sources, *config.functions, *sinks.values()]))
    if not names:
        raise ValueError(f"the plugin {config.name} has no source, sink or function")
    target = next(iter([*sinks.values(), *config.functions]), "")
    return [_Symbol(name, config, logger, target) for name in names]


class plugin:
    """As eKuiper's module of this name."""

    @staticmethod
    def start(config: PluginConfig, options: Optional[WorkerOptions] = None) -> None:
        """Serves the plugin until it is stopped, then ends the process with the exit code of the end."""
        logging.basicConfig(stream=sys.stderr, level=logging.INFO)
        logger = logging.getLogger(config.name)
        handlers = symbols(config, logger)

        def closed(reason: CloseReason, session: SessionSnapshot) -> None:
            for handler in handlers:
                handler.close()

        with PluginWorker(options or WorkerOptions(), handlers, on_close=closed) as worker:
            code = serve(worker)
        sys.exit(code)
