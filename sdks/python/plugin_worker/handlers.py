"""Handlers: what a worker can do, as a class or as a function."""
from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .contexts import DetectionContext, JobContext
from .descriptor import DescriptorBuilder
from .wire import plugin_pb2 as wire


class JobHandler:
    """One job type. Subclass it, or write any class with these names; what is not overridden is not offered.

    One instance lives as long as the worker; calls come concurrently, up to the worker's slots. A ``def`` runs on a thread of its own, an
    ``async def`` on the worker's loop, where it must not block. Exceptions end the attempt or detection as failed, never the process.

    Optional besides ``detect`` and ``execute``: ``validate(ctx)`` returns why the job can never succeed, or nothing, right before
    ``execute``; ``health()`` returns a word for each heartbeat (nothing or ``"ok"`` = fine); ``preview(request)`` returns a
    :class:`~plugin_worker.Preview` or nothing. The first two have 2 s, a preview 30 s.
    """

    descriptor: wire.JobTypeDescriptor
    """The contract shown to the admin; see :class:`~plugin_worker.DescriptorBuilder`."""
    weight: int = 0
    """Place in lists; higher first."""
    idempotent: bool = False
    """Running on without a lease does no harm: with the option ``keep_work`` it is not cancelled when an admin without ``resume`` is lost."""

    def detect(self, ctx: DetectionContext) -> Any:
        """Looks for work: calls ``ctx.propose``, yields proposals, or returns an iterable of them."""
        raise NotImplementedError

    def execute(self, ctx: JobContext) -> Any:
        """Does one attempt of a job; returns a ``JobOutcome``, outputs, a summary or nothing. Running it twice must be safe."""
        raise NotImplementedError


def job_type(
    name: str, *, display_name: str = "", description: str = "", descriptor: Optional[wire.JobTypeDescriptor] = None,
) -> Callable[[Callable[[JobContext], Any]], FunctionHandler]:
    """Makes a handler of a function: ``@job_type("thumbnail")``. It executes; it does not detect."""

    def decorate(function: Callable[[JobContext], Any]) -> FunctionHandler:
        text = description or (inspect.getdoc(function) or "").split("\n\n")[0]
        return FunctionHandler(function, descriptor or DescriptorBuilder(name, display_name, text).build())

    return decorate


class FunctionHandler:
    """A function as a handler; it can still be called."""

    def __init__(self, function: Callable[[JobContext], Any], descriptor: wire.JobTypeDescriptor) -> None:
        self.execute = function
        self.descriptor = descriptor

    def __call__(self, ctx: JobContext) -> Any:
        return self.execute(ctx)


@dataclass(frozen=True)
class Handler:
    """What the SDK knows of a handler."""

    descriptor: wire.JobTypeDescriptor
    detect: Optional[Callable[[DetectionContext], Any]]
    execute: Optional[Callable[[JobContext], Any]]
    validate: Optional[Callable[[JobContext], Any]]
    health: Optional[Callable[[], Any]]
    preview: Optional[Callable[[wire.RequestObjectPreview], Any]]
    weight: int
    idempotent: bool

    @property
    def job_type(self) -> str:
        return self.descriptor.job_type


def read_handler(given: Any) -> Handler:
    """Finds the verbs of a handler. Raises ``ValueError`` when it is none."""
    name = type(given).__name__
    descriptor = getattr(given, "descriptor", None)
    if isinstance(descriptor, DescriptorBuilder):
        descriptor = descriptor.build()
    if isinstance(given, type) or not isinstance(descriptor, wire.JobTypeDescriptor):
        wrong = f"{given!r} is a class; give an instance" if isinstance(given, type) else f"{name} has no descriptor; build one with DescriptorBuilder"
        raise ValueError(wrong)

    def verb(method: str) -> Any:
        found = getattr(given, method, None)
        return found if callable(found) and getattr(type(given), method, None) is not getattr(JobHandler, method, given) else None

    handler = Handler(
        descriptor, verb("detect"), verb("execute"), verb("validate"), verb("health"), verb("preview"),
        int(getattr(given, "weight", 0)), bool(getattr(given, "idempotent", False)))
    if handler.detect is None and handler.execute is None:
        raise ValueError(f"{name} ({descriptor.job_type}) has neither detect nor execute")
    return handler
