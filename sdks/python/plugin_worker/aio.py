"""The face of a worker for programs that run on asyncio: the same verbs, awaited. Cancelling the task that awaits cancels the verb."""
from __future__ import annotations

import asyncio
import inspect
from types import TracebackType
from typing import Any, Optional, Type

from ._forever import run_forever
from .cancellation import Cancellation
from .sessions import RestartPolicy, RunResult, SessionSnapshot
from .worker import WorkerFace

__all__ = ["PluginWorker"]


class PluginWorker(WorkerFace):
    """As :class:`plugin_worker.PluginWorker`, for ``async with``. The worker keeps a loop of its own, on which its ``async def`` handlers run:
    the application's loop and theirs never hold each other up. An ``async def`` on_close runs on the loop that called last."""

    async def start(self, timeout: Optional[float] = None) -> SessionSnapshot:
        """Dials and registers; returns when the admin has accepted, at the latest after ``timeout`` seconds. Cancelled: the start is given up.

        Raises a :class:`~plugin_worker.StartFailure` (the worker is stopped and can be started again) or :class:`AlreadyStarted`.
        """
        self._remember_loop()
        self._core.refuse_start_inside()
        found: SessionSnapshot = (await asyncio.wrap_future(self._core.submit(self._core.start(timeout)))).snapshot
        return found

    async def stop(self, drain: bool = True, grace: float = 30.0) -> None:
        """Ends the session, or a start under way. With ``drain``, running work is finished within ``grace`` seconds and its results are sent.
        Cancelled: the stop goes on. Called from inside ``on_close``, or a handler, it does not wait for itself."""
        await asyncio.shield(asyncio.wrap_future(self._core.submit(self._core.stop(drain, grace, self._core.is_inside))))

    async def wait(self) -> Optional[RunResult]:
        """The end of the session that is current now; a later one does not prolong it. ``None`` when there is none."""
        found: Optional[RunResult] = await asyncio.wrap_future(self._core.submit(self._core.wait()))
        return found

    async def run(self) -> RunResult:
        """Starts and serves until the session ends. Cancelled: drains, stops, then raises ``CancelledError``."""
        self._remember_loop()
        self._core.refuse_start_inside()
        cancel = Cancellation()
        return await self._serve(self._core.run(cancel), cancel)

    async def run_forever(self, policy: Optional[RestartPolicy] = None) -> RunResult:
        """Serves, and dials again after ends that may pass; returns or raises with the first that does not. :meth:`stop` ends it with
        ``STOP_REQUESTED``, before the first session too. Cancelled: as :meth:`run`."""
        self._remember_loop()
        self._core.refuse_start_inside()
        cancel = Cancellation()
        return await self._serve(run_forever(self._core, policy or RestartPolicy(), cancel), cancel)

    async def close(self) -> None:
        """Stops at once; running work is cancelled, the worker's threads end. It may be started again."""
        await asyncio.wrap_future(self._core.submit(self._core.close()))

    async def __aenter__(self) -> PluginWorker:
        return self

    async def __aexit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        await self.close()

    async def _serve(self, running: Any, cancel: Cancellation) -> RunResult:
        serving = asyncio.wrap_future(self._core.submit(running))
        try:
            found: RunResult = await asyncio.shield(serving)
            return found
        except asyncio.CancelledError:
            cancel.set()
            await asyncio.wait({serving})
            serving.exception()
            raise

    def _remember_loop(self) -> None:
        if inspect.iscoroutinefunction(self._core.on_close):
            self._core.on_close_loop = asyncio.get_running_loop()
