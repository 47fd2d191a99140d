"""Finds the admin and is accepted by it, anew at every start. Belongs to the core loop."""
from __future__ import annotations

from typing import Mapping, Optional

from ._door import Door
from ._loops import in_thread
from ._runner import WorkRunner
from ._session import Session
from .addresses import Target, resolve, split
from .handlers import Handler
from .options import WorkerOptions
from .sessions import StartFailure, StartTimeout, Unreachable


class Dialler:
    """Of one worker; it keeps the token the admin gave it."""

    def __init__(self, options: WorkerOptions, runner: WorkRunner, handlers: Mapping[str, Handler], worker_id: str) -> None:
        self._options, self._runner, self._handlers, self._worker_id = options, runner, handlers, worker_id
        self._token = None if options.token_file else options.token
        self._connection = options.connection

    def _keep_token(self, token: str) -> None:
        """For the next dials."""
        self._token = token

    async def dial(self, claim: bool) -> Session:
        """The first address of the list that answers. Raises a ``StartFailure``."""
        connection, self._connection = self._connection, None
        if connection is not None:
            return await self._enter(Door(connection), claim)
        last: StartFailure = Unreachable("no address is set")
        for entry in split(self._options.address):
            session = Session(self._options, self._runner, self._handlers, self._worker_id, self._token, self._keep_token)
            try:
                await session.open(await _resolve(entry, self._options), claim)
                return session
            except (Unreachable, StartTimeout) as failure:
                await session.abandon()
                last = failure
            except BaseException:
                await session.abandon()
                raise
        raise last

    async def _enter(self, door: Door, claim: bool) -> Session:
        session = Session(self._options, self._runner, self._handlers, self._worker_id, self._token, self._keep_token, door)
        try:
            await session.open(door.target, claim)
            return session
        except BaseException:
            await session.abandon()
            raise


async def _resolve(entry: str, options: WorkerOptions) -> Target:
    try:
        found: Target = resolve(entry) if "://" in entry else await in_thread(resolve, entry, options.tls_ca, options.tls_server_name)
        return found
    except ValueError as error:
        raise Unreachable(str(error)) from error
