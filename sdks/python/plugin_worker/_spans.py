"""A span around each handler, for processes that have ``opentelemetry-api``; in others nothing happens."""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator

try:
    from opentelemetry import trace
except ImportError:
    trace = None

NAME = "BlazorPluginAdmin.Worker"
"""Of the tracer, the same in all SDKs."""


@contextmanager
def span(verb: str, job_type: str, **attributes: Any) -> Iterator[Callable[[bool, str], None]]:
    """Entered where the handler is called from, so that spans of the handler are its children. Yields what takes the outcome; an exception is
    recorded as it passes."""
    if trace is None:
        yield lambda success, text: None
        return
    named = {"job.type": job_type, **{name.replace("_", "."): value for name, value in attributes.items()}}
    with trace.get_tracer(NAME).start_as_current_span(f"{verb} {job_type}", kind=trace.SpanKind.CONSUMER, attributes=named) as current:

        def tell(success: bool, text: str) -> None:
            current.set_status(trace.StatusCode.OK if success else trace.StatusCode.ERROR, None if success else text)

        yield tell
