"""The loop on top of a worker's runs, for those who want it."""
from __future__ import annotations

import asyncio
import math
from typing import Optional

from ._core import WorkerCore, left
from .cancellation import Cancellation
from .sessions import AlreadyStarted, CloseReason, RestartPolicy, RunCanceled, RunResult, StartFailure, WorkerState

LONGEST = 20
"""So many tries that the pause is the longest."""

QUICK_LOSS = 10.0
"""Seconds after the hello. Three sessions in a row that end sooner may have been pushed out by another worker of the same id."""


async def run_forever(core: WorkerCore, policy: RestartPolicy, cancel: Optional[Cancellation] = None) -> RunResult:
    """Serves, and dials again after ends that may pass; returns or raises with the first that does not."""
    if core.forever is not None:
        raise AlreadyStarted("run_forever is under way")
    stops = core.stops
    core.forever, core.home_by = asyncio.get_running_loop().create_future(), math.inf
    try:
        return await _serve(core, policy, cancel)
    finally:
        try:
            if core.stops != stops:
                await _bring_home(core, policy)
        finally:
            core.forever.set_result(None)
            core.forever = None


async def _serve(core: WorkerCore, policy: RestartPolicy, cancel: Optional[Cancellation]) -> RunResult:
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
        await core.end()
        raise RunCanceled("the run was cancelled between two sessions")


async def _bring_home(core: WorkerCore, policy: RestartPolicy) -> None:
    """After a stop while the stream is away: work ends and results are delivered, as long as the drain may take."""
    logger, tries = core.options.logger, 0
    while core.is_cut_off and left(core.home_by):
        try:
            await core.go_home()
            continue
        except AlreadyStarted:
            break
        except StartFailure as failure:
            if not policy.restarts(failure.reason, failure.permanent):
                break
            logger.warning("not connected: %s; trying again to deliver what is left", failure)
        tries += 1
        core.pausing = asyncio.get_running_loop().create_future()
        await core.either(core.pausing, None, min(policy.delay_at_work(tries), left(core.home_by) or 0.0))
    if core.state is not WorkerState.STOPPED:
        return  # Whoever has started it anew takes along what is left.
    if core.is_cut_off:
        logger.error("the admin did not come back in time for the stop; results not delivered: %d, attempts cancelled: %d", *core.held)
    await core.give_work_up()
