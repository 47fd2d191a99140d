"""Event loops on threads of their own."""
from __future__ import annotations

import asyncio
import os
import threading
from typing import Any, Callable, Optional


class LoopThread:
    """An event loop that runs on a daemon thread until it is stopped."""

    def __init__(self, name: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def is_current(self) -> bool:
        """True on the loop's own thread, where nothing may block."""
        return threading.current_thread() is self._thread

    def call(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Runs a function on the loop soon; does nothing once it is stopped."""
        try:
            self.loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            pass

    def stop(self) -> None:
        """Ends the loop and its thread soon; what is still on it is dropped."""
        self.call(self.loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()
            self.loop.close()


_lock = threading.Lock()
_core: Optional[LoopThread] = None
_core_pid = 0


def core_loop() -> LoopThread:
    """The loop that keeps the sessions of all workers of this process. No code of an application ever runs on it."""
    global _core, _core_pid
    with _lock:
        if _core is None or _core_pid != os.getpid():
            _core, _core_pid = LoopThread("plugin-worker"), os.getpid()
        return _core


def in_thread(function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
    """Runs something that blocks on a thread of its own; the future belongs to the running loop."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def tell(result: Any, error: Optional[BaseException]) -> None:
        if not done.done():
            done.set_result(result) if error is None else done.set_exception(error)

    def run() -> None:
        try:
            result, error = function(*arguments), None
        except BaseException as raised:
            result, error = None, raised if isinstance(raised, Exception) else RuntimeError(f"{type(raised).__name__}: {raised}")
        loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name="plugin-worker-call", daemon=True).start()
    return done
