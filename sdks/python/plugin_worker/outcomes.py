"""What detectors and executors hand back."""
from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Mapping, Optional, Sequence

from .values import Value, copy_to, to_timestamp
from .wire import plugin_pb2 as wire

CANCELED_TEXT = "context canceled"
"""Admins tell a stopped attempt from a failed one by these words."""


class Priority(IntEnum):
    """Who goes first."""

    LOW = 1
    NORMAL = 2
    HIGH = 3
    CRITICAL = 4


@dataclass(frozen=True)
class Proposal:
    """One thing a detector found and wants to be done."""

    id: str
    """Tells this finding apart from others of the same detection."""
    dedupe_key: str = ""
    """Same key = same work: while a job with it has not ended, no second one is made. Empty: the id counts."""
    summary: str = ""
    """One line for lists."""
    detail: str = ""
    """More, for the job's page."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """Handed to the executor as they are."""
    priority: Priority = Priority.NORMAL
    labels: Mapping[str, str] = field(default_factory=dict)
    """``require.x`` lets only workers with the label ``x`` of that value take the job."""
    not_before: Optional[dt.datetime] = None
    """Not to be started earlier."""
    expires_at: Optional[dt.datetime] = None
    """Of no use when not started by then."""
    job_type: str = ""
    """Who is to do it; empty: the type of the detector."""

    def to_wire(self, job_type: str) -> wire.JobProposal:
        """The message. Raises ``TypeError`` or ``ValueError`` for a parameter of no kind of the protocol."""
        proposal = wire.JobProposal(
            proposal_id=self.id, dedupe_key=self.dedupe_key, job_type=self.job_type or job_type, priority=int(self.priority),  # type: ignore[arg-type]
            summary=self.summary, detail=self.detail, labels=dict(self.labels))
        copy_to(self.parameters, proposal.parameters)
        if self.not_before is not None:
            proposal.not_before.CopyFrom(to_timestamp(self.not_before))
        if self.expires_at is not None:
            proposal.expires_at.CopyFrom(to_timestamp(self.expires_at))
        return proposal


@dataclass(frozen=True)
class JobOutcome:
    """How an attempt ended. Made by :meth:`succeeded`, :meth:`failed` and :meth:`canceled`."""

    success: bool
    text: str = ""
    """Summary of a success, reason of a failure; at most 16 KiB are sent."""
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """Result values; at most 1 MiB together, larger ones are cut and named ``<key>_truncated``."""

    def __post_init__(self) -> None:
        # Handlers hand over exceptions and numbers too: what a person reads is their text.
        object.__setattr__(self, "text", _text(self.text))

    @staticmethod
    def succeeded(summary: str = "", outputs: Optional[Mapping[str, Value]] = None) -> JobOutcome:
        """Done."""
        return JobOutcome(True, summary, dict(outputs or {}))

    @staticmethod
    def failed(reason: str, permanent: bool = False, outputs: Optional[Mapping[str, Value]] = None) -> JobOutcome:
        """Not done. A permanent failure is not tried again."""
        return JobOutcome(False, reason, {**(outputs or {}), "error_class": "permanent" if permanent else "transient"})

    @staticmethod
    def canceled(text: str = "", outputs: Optional[Mapping[str, Value]] = None) -> JobOutcome:
        """Stopped because it was to stop."""
        why = _text(text)
        return JobOutcome.failed(why if why.lower().startswith(CANCELED_TEXT) else f"{CANCELED_TEXT}: {why}" if why else CANCELED_TEXT, outputs=outputs)

    @staticmethod
    def of(returned: Any) -> JobOutcome:
        """What a handler returned, as an outcome: itself, ``None`` (done), a text (summary) or a mapping (outputs)."""
        if isinstance(returned, JobOutcome):
            return returned
        if returned is None or isinstance(returned, str):
            return JobOutcome.succeeded(returned or "")
        if isinstance(returned, Mapping):
            return JobOutcome.succeeded("", returned)
        return JobOutcome.failed(f"the handler returned a {type(returned).__name__}, which is no outcome", permanent=True)


@dataclass(frozen=True)
class Preview:
    """Some rows of an object, as text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    total_rows: int = 0


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class JobCanceled(Exception):
    """Raised by ``ctx.raise_if_canceled`` and ``ctx.sleep``: the work is to stop. Let it pass: the SDK reports the attempt as cancelled."""
