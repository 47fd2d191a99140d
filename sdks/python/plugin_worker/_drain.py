"""The orderly end of a session: work ends, results are sent, the stream is half-closed. Belongs to the core loop."""
from __future__ import annotations

import asyncio
from typing import Any, Callable, Coroutine, Optional

from ._runner import WorkRunner
from ._session import Session
from .options import WorkerOptions

ACK_WAIT = 5.0
FINISH_WAIT = 5.0


async def drain_session(
    session: Session, runner: WorkRunner, options: WorkerOptions, grace: float, whole: bool = False, aborting: Optional[asyncio.Event] = None,
    may_claim: Callable[[], bool] = lambda: False,
) -> None:
    """Lets work end within the grace and its results be sent. ``whole``: the grace is for all of it. ``aborting``, once set, cuts it short.
    ``may_claim``: work whose stream is lost meanwhile is left alone, because the next session may claim it."""
    loop = asyncio.get_running_loop()
    end = loop.time() + grace if whole else float("inf")
    runner.ending = True
    session.work_changed()
    try:
        runner.announce_stop()
        idle = await _unless_aborted(aborting, _until_lost(session, runner.idle(max(0.0, grace))))
        if not idle and session.was_lost and may_claim():
            return
        if not idle:
            options.logger.warning("running work did not end in time and is cancelled")
            runner.cancel_all()
            idle = await runner.idle(1.0)
        if session.was_lost:
            return
        if session.acknowledges and idle:
            await _unless_aborted(aborting, asyncio.wait_for(runner.completions.emptied(), min(ACK_WAIT, max(0.5, end - loop.time()))))
        await _unless_aborted(aborting, session.finish(min(FINISH_WAIT, max(0.5, end - loop.time()))))
    finally:
        runner.ending = False


async def _until_lost(session: Session, step: Coroutine[Any, Any, bool]) -> bool:
    """The result of the step; false when the stream is lost before."""
    doing = asyncio.ensure_future(step)
    lost = asyncio.ensure_future(session.lost.wait())
    try:
        await asyncio.wait({doing, lost}, return_when=asyncio.FIRST_COMPLETED)
        return doing.done() and doing.result()
    finally:
        doing.cancel()
        lost.cancel()


async def _unless_aborted(aborting: Optional[asyncio.Event], step: Coroutine[Any, Any, Any]) -> Any:
    """The result of a step of a drain; false when its time is over, or somebody will not wait for it."""
    doing = asyncio.ensure_future(step)
    waiting = {doing}
    if aborting is not None:
        waiting.add(asyncio.ensure_future(aborting.wait()))
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
    try:
        return await doing
    except (asyncio.CancelledError, asyncio.TimeoutError):
        return False
