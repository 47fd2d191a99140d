"""A one-way flag that threads can wait for, coroutines can await, and others can be told by."""
from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any, Callable, List, Optional


class Cancellation:
    """Set once, never cleared. Works like a ``threading.Event`` that can also call back and be awaited; safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._links: List[Callable[[], Any]] = []
        self._callbacks: List[Callable[[], Any]] = []

    def set(self) -> None:
        """Sets the flag. The callbacks run once, on a thread of their own. Setting it again does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            links, callbacks = list(self._links), list(self._callbacks)
            self._links.clear()
            self._callbacks.clear()
        for link in links:
            link()
        if callbacks:
            threading.Thread(target=_call_all, args=(callbacks,), name="plugin-worker-canceled", daemon=True).start()

    def is_set(self) -> bool:
        """True from the first :meth:`set` on."""
        return self._event.is_set()

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Blocks until the flag is set or ``timeout`` seconds are over; true when it is set."""
        return self._event.wait(timeout)

    async def wait_async(self) -> None:
        """Returns when the flag is set, without blocking the loop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not done.done():
                done.set_result(None)

        def tell() -> None:
            try:
                loop.call_soon_threadsafe(finish)
            except RuntimeError:
                pass  # The loop is closed: nobody waits any more.

        forget = self.link(tell)
        try:
            await done
        finally:
            forget()

    def on_set(self, callback: Callable[[], Any]) -> Callable[[], None]:
        """Calls back when the flag is set, at once when it is already. Returns what takes the callback back.

        Whoever sets the flag does not wait for it: callbacks run one after the other on a thread of their own; what one raises is logged.
        """
        return self._add(self._callbacks, callback)

    def link(self, callback: Callable[[], Any]) -> Callable[[], None]:
        """As :meth:`on_set`, for the SDK itself: called by the thread that sets the flag, so it must neither block nor raise."""
        return self._add(self._links, callback)

    def _add(self, to: List[Callable[[], Any]], callback: Callable[[], Any]) -> Callable[[], None]:
        def forget() -> None:
            with self._lock:
                if callback in to:
                    to.remove(callback)

        with self._lock:
            if not self._event.is_set():
                to.append(callback)
                return forget
        callback()
        return lambda: None


def _call_all(callbacks: List[Callable[[], Any]]) -> None:
    for callback in callbacks:
        try:
            callback()
        except Exception as error:
            logging.getLogger("plugin_worker").error("a callback of a cancel failed: %s: %s", type(error).__name__, error, exc_info=error)
