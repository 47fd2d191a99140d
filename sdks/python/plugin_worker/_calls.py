"""Calls of handlers: an ``async def`` on the worker's loop, a ``def`` on a thread of its own."""
from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import logging
import os
import threading
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, FrozenSet, Iterable, Optional

from ._loops import LoopThread
from .cancellation import Cancellation
from .contexts import DetectionContext
from .outcomes import JobCanceled, Proposal

INSIDE: contextvars.ContextVar[FrozenSet[int]] = contextvars.ContextVar("plugin_worker_inside", default=frozenset())
"""The workers whose handler or on_close is being run here: such a place must not wait for itself."""
HANDLING: contextvars.ContextVar[FrozenSet[int]] = contextvars.ContextVar("plugin_worker_handling", default=frozenset())
"""The workers whose handler is being run here: it may not start them, in whatever state they are."""


def is_async(function: Any) -> bool:
    """True for an ``async def``, also behind a partial or as the ``__call__`` of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    called = getattr(type(function), "__call__", None) if not inspect.isroutine(function) else None
    return any(inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in (function, called) if one is not None)


class HandlerLoop:
    """The loop that starts handlers, of one worker. It lives as long as the worker: what handlers bind to it stays usable across sessions."""

    def __init__(self, owner: int, logger: logging.Logger) -> None:
        self._owner = owner
        self._logger = logger
        self._thread: Optional[LoopThread] = None

    def begin(self) -> LoopThread:
        """The loop, started when it is not yet. Called on the core loop only."""
        if self._thread is None:
            self._thread = LoopThread("plugin-worker-handlers")
        return self._thread

    def end(self) -> None:
        """Ends the loop; a later start begins another one."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def is_current(self) -> bool:
        return self._thread is not None and self._thread.is_current()

    def start(self, work: Callable[[], Awaitable[Any]], name: str) -> asyncio.Future[Any]:
        """Runs work on this loop; the future belongs to the core loop, which calls this."""
        core = asyncio.get_running_loop()
        done: asyncio.Future[Any] = core.create_future()
        thread = self.begin()

        def tell(result: Any, error: Optional[BaseException]) -> None:
            if not done.done():
                done.set_result(result) if error is None else done.set_exception(error)

        async def run() -> None:
            INSIDE.set(INSIDE.get() | {self._owner})
            HANDLING.set(HANDLING.get() | {self._owner})
            result: Any = None
            error: Optional[BaseException] = None
            try:
                result = await work()
            except MemoryError:
                self._die(name)
            except asyncio.CancelledError:
                error = JobCanceled("the work was cancelled")
            except BaseException as raised:  # Whatever a handler raises ends its work, never the process.
                error = raised if isinstance(raised, Exception) else RuntimeError(f"{type(raised).__name__}: {raised}")
            core.call_soon_threadsafe(tell, result, error)

        thread.call(lambda: thread.loop.create_task(run(), name=name))
        return done

    def in_turn(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Calls a function on this loop, after the first step of everything that was started before."""
        thread = self.begin()
        thread.call(thread.loop.call_soon, functools.partial(function, *arguments))

    async def call(self, function: Callable[..., Any], *arguments: Any, canceled: Optional[Cancellation] = None) -> Any:
        """Calls a handler's method, from this loop. Cancelling cancels an ``async def`` once; a ``def`` has its context to look at."""
        loop = asyncio.get_running_loop()
        if not is_async(function):
            return await self._in_thread(loop, function, arguments)
        returned = function(*arguments)
        if not inspect.isawaitable(returned):
            return returned  # An async generator: iterated by whoever asked for it.
        task = asyncio.current_task()
        awaits = True

        def cancel() -> None:
            if awaits and task is not None:
                task.cancel()

        def ask() -> None:
            loop.call_soon_threadsafe(cancel)

        forget = canceled.link(ask) if canceled is not None else lambda: None
        try:
            return await returned
        finally:
            awaits = False
            forget()

    async def propose_all(self, returned: Any, ctx: DetectionContext) -> None:
        """Proposes what a detector returned, as far as its thread has not done so."""
        await propose_each_async(found_by(returned), ctx)

    def _in_thread(self, loop: asyncio.AbstractEventLoop, function: Callable[..., Any], arguments: Any) -> Awaitable[Any]:
        done: asyncio.Future[Any] = loop.create_future()

        def tell(outcome: Dict[str, Any]) -> None:
            if not done.done():
                done.set_exception(outcome["error"]) if "error" in outcome else done.set_result(outcome.get("result"))

        def run() -> None:
            outcome: Dict[str, Any] = {}
            try:
                outcome["result"] = _whole(function(*arguments), arguments, loop)
            except MemoryError:
                self._die(getattr(function, "__qualname__", "handler"))
            except BaseException as raised:
                outcome["error"] = raised if isinstance(raised, Exception) and not isinstance(raised, StopIteration) else RuntimeError(
                    f"{type(raised).__name__}: {raised}")
            try:
                loop.call_soon_threadsafe(tell, outcome)
            except RuntimeError:
                pass  # The worker was closed meanwhile.

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run,), name=f"handler-{getattr(function, '__qualname__', 'call')}", daemon=True).start()
        return done

    def _die(self, name: str) -> None:
        self._logger.critical("out of memory in %s: the process ends", name)
        os._exit(70)


def _whole(returned: Any, arguments: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """On a handler's thread: a coroutine is awaited on the loop; what a detector found is proposed here, where looking on may block."""
    if inspect.iscoroutine(returned):
        returned = asyncio.run_coroutine_threadsafe(returned, loop).result()
    ctx = arguments[0] if arguments else None
    if not isinstance(ctx, DetectionContext) or hasattr(returned, "__aiter__"):
        return returned
    propose_each(found_by(returned), ctx)
    return None


def found_by(returned: Any) -> Any:
    """What a detector returned, to be gone through: an iterable of proposals, async or not. Raises ``TypeError`` for what is none."""
    if returned is None:
        return ()
    if isinstance(returned, (str, bytes, bytearray)) or not (hasattr(returned, "__aiter__") or isinstance(returned, Iterable)):
        raise TypeError(f"a detector returns proposals, an iterable of them, or nothing, not {type(returned).__name__}")
    return returned


def propose_each(found: Iterable[Any], ctx: DetectionContext) -> None:
    """Proposes what was found, until that is enough."""
    for proposal in found:
        ctx.propose(_proposal(proposal))
        if ctx.is_full or ctx.canceled.is_set():
            if inspect.isgenerator(found):
                found.close()
            return


async def propose_each_async(found: Any, ctx: DetectionContext) -> None:
    """The same on a loop, also of an async iterable."""
    stream = found if hasattr(found, "__aiter__") else _each(found)
    async for proposal in stream:
        await ctx.propose_async(_proposal(proposal))
        if ctx.is_full or ctx.canceled.is_set():
            if inspect.isasyncgen(stream):
                await stream.aclose()
            return


async def _each(found: Iterable[Any]) -> AsyncIterator[Any]:
    for proposal in found:
        yield proposal


def _proposal(yielded: Any) -> Proposal:
    if not isinstance(yielded, Proposal):
        raise TypeError(f"a detector yields proposals, not {type(yielded).__name__}")
    return yielded
