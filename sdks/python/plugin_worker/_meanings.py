"""What the end of a stream means: why a start failed, why a session ended."""
from __future__ import annotations

from dataclasses import dataclass

import grpc

from ._transport import StreamEnd
from .sessions import CloseReason, ProtocolError, Rejected, StartFailure, Unreachable

_PERMANENT = (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.FAILED_PRECONDITION)


@dataclass(frozen=True)
class Close:
    """Why a session ended."""

    reason: CloseReason
    text: str
    permanent: bool = False


def is_permanent(message: str) -> bool:
    """The words by which an admin refuses a worker for good."""
    return "permanent" in message.lower()


def refusal(end: StreamEnd, address: str) -> StartFailure:
    """Of a status that comes instead of a hello."""
    if end.code in _PERMANENT:
        return Rejected(end.text, permanent=True)
    if end.code is grpc.StatusCode.INVALID_ARGUMENT or end.is_too_large:
        return ProtocolError(end.text)
    if end.code in (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED) or end.is_reset:
        return Unreachable(f"{address}: {end.text or 'the stream ended without a hello'}")
    return Rejected(end.text)


def meaning(end: StreamEnd, is_silent: bool) -> Close:
    """Of a status that ends a session. ``is_silent``: nothing was heard for three heartbeat intervals."""
    if end.code in _PERMANENT:
        return Close(CloseReason.REJECTED, end.text, permanent=True)
    if end.code is grpc.StatusCode.INVALID_ARGUMENT or end.is_too_large:
        return Close(CloseReason.PROTOCOL_ERROR, end.text, permanent=True)
    if end.code is grpc.StatusCode.ABORTED:
        return Close(CloseReason.REPLACED, end.text)
    if is_silent and end.is_ping_timeout:
        return Close(CloseReason.HEARTBEAT_TIMEOUT, end.text)
    return Close(CloseReason.CONNECTION_LOST, end.text or "the admin ended the stream")
