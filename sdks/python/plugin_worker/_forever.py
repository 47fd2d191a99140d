"""The loop on top of a worker's runs, for those who want it."""
from __future__ import annotations

import asyncio
from typing import Optional

from ._core import WorkerCore
from .cancellation import Cancellation
from .sessions import CloseReason, RestartPolicy, RunCanceled, RunResult, StartFailure, WorkerState

LONGEST = 20
"""So many tries that the pause is the longest."""

QUICK_LOSS = 10.0
"""Seconds after the hello. Three sessions in a row that end sooner may have been pushed out by another worker of the same id."""


async def run_forever(core: WorkerCore, policy: RestartPolicy, cancel: Optional[Cancellation] = None) -> RunResult:
    """Serves, and dials again after ends that may pass; returns or raises with the first that does not."""
    logger, loop = core.options.logger, asyncio.get_running_loop()
    stops, tries, tries_at_work, quick = core.stops, 0, 0, 0
    lost_at: Optional[float] = None
    while True:
        try:
            result = await core.run(cancel)
            # The shutdown of an admin that knows no extensions may pass: nobody there starts the worker again.
            if not policy.restarts(result.reason, result.permanent) and not (result.reason is CloseReason.ADMIN_SHUTDOWN and core.is_foreign):
                return result
            tries = 0 if result.served >= policy.reset_after else tries
            quick = quick + 1 if core.is_foreign and result.reason is CloseReason.CONNECTION_LOST and result.served < QUICK_LOSS else 0
            lost_at = loop.time() if result.reason in (CloseReason.CONNECTION_LOST, CloseReason.HEARTBEAT_TIMEOUT) else None
            tries_at_work = 0
            logger.warning("the session ended (%s): %s; dialling again", result.reason.value, result.error)
        except StartFailure as failure:
            if failure.reason is CloseReason.CANCELED and core.stops != stops:
                return RunResult(CloseReason.STOP_REQUESTED, "stop requested", core.snapshot)
            if not policy.restarts(failure.reason, failure.permanent):
                raise
            if failure.reason is CloseReason.REJECTED:
                # Who was there and said no is not asked again at once.
                lost_at = None
            logger.warning("not connected: %s; trying again", failure)
        if quick >= 3:
            logger.warning("another worker may use this id: three sessions of %s ended within %g s of their start", core.worker_id, QUICK_LOSS)
            pause = policy.delay(LONGEST, core.reconnect_delay)
        elif lost_at is not None and loop.time() - lost_at < core.options.resume_window and core.is_at_work:
            tries_at_work += 1
            pause = policy.delay_at_work(tries_at_work)
        else:
            tries += 1
            pause = policy.delay(tries, core.reconnect_delay)
        await _pause(core, pause, cancel, stops)
        if core.stops != stops and core.state not in (WorkerState.STARTING, WorkerState.RUNNING):
            return RunResult(CloseReason.STOP_REQUESTED, "stop requested", core.snapshot)


async def _pause(core: WorkerCore, seconds: float, cancel: Optional[Cancellation], stops: int) -> None:
    """Ends early with the next stop."""
    if core.stops == stops:
        core.pausing = asyncio.get_running_loop().create_future()
        await core.either(core.pausing, cancel, seconds)
    if cancel is not None and cancel.is_set():
        await core.stop()
        raise RunCanceled("the run was cancelled between two sessions")
