"""The admins of an address list as the submitting side asks them: one connection per address, looked up anew when nobody is there."""
from __future__ import annotations

import threading
from typing import Any, Callable, Dict, NamedTuple, Optional, TypeVar

import grpc

from ._transport import dial
from .addresses import Target, resolve, split
from .options import WorkerOptions
from .wire.job_service_pb2_grpc import JobServiceStub, JobTypeServiceStub

T = TypeVar("T")


class Admin(NamedTuple):
    """One of them."""

    channel: grpc.Channel
    jobs: Any
    types: Any


class Admins:
    """May be used from any thread."""

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        self._entries = split(options.address)
        self._at = 0
        self._current: Optional[Admin] = None
        self._known: Dict[Target, Admin] = {}
        """Also those that were left: calls of other threads may be under way there."""
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, call: Callable[[Admin], T]) -> T:
        """The answer of the first that is there, beginning with the one that was there last. Raises the last refusal when none is."""
        left = len(self._entries)
        while True:
            admin = self._find()
            try:
                return call(admin)
            except grpc.RpcError as error:
                left -= 1
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                self._leave(admin)
                if not left:
                    raise

    def close(self) -> None:
        """Gives the connections back."""
        with self._lock:
            self._closed = True
            for admin in self._known.values():
                admin.channel.close()

    def _find(self) -> Admin:
        with self._lock:
            if self._closed:
                raise ValueError("the client is closed")
            if self._current is None:
                target = resolve(self._entries[self._at], self._options.tls_ca, self._options.tls_server_name)
                if target not in self._known:
                    channel = dial(target, self._options)
                    self._known[target] = Admin(channel, JobServiceStub(channel), JobTypeServiceStub(channel))  # type: ignore[no-untyped-call]
                self._current = self._known[target]
            return self._current

    def _leave(self, admin: Admin) -> None:
        """The next call looks up the next entry: the port may have been a guess, or have changed."""
        with self._lock:
            if self._current is admin:
                self._current = None
                self._at = (self._at + 1) % len(self._entries)
