"""Calls of handlers that have little time: health and preview. Belongs to the core loop."""
from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Mapping, Optional

from ._attempt import cut
from ._calls import HandlerLoop
from ._results import fault_text
from .handlers import Handler
from .options import WorkerOptions
from .wire import plugin_pb2 as wire


class ShortCalls:
    """Of one worker; it outlives sessions, so that a call that hangs is not made again with the next one."""

    def __init__(self, handlers: Mapping[str, Handler], options: WorkerOptions, loop: HandlerLoop) -> None:
        self._handlers, self._options, self._loop = handlers, options, loop
        self._asked: Dict[Any, asyncio.Future[Any]] = {}

    async def health(self) -> Optional[str]:
        """What the handlers say of themselves, the unwell ones first; nothing when none can say."""
        said: List[str] = []
        asked = False
        for handler in self._handlers.values():
            if handler.health is None:
                continue
            asked = True
            text = await self._short(handler.health)
            if text not in (None, True, "", "ok"):
                said.append(f"{handler.job_type}: {text}")
        return cut("; ".join(said) or "ok", 1024) if asked else None

    async def preview(self, request: wire.RequestObjectPreview) -> Any:
        """The first preview a handler has, the text of a failure, or nothing when no handler previews."""
        found: Any = None
        for handler in self._handlers.values():
            if handler.preview is not None:
                found = await self._short(handler.preview, request) or found or "nothing is known of this object"
                if not isinstance(found, str):
                    break
        return found

    async def _short(self, function: Any, *arguments: Any) -> Any:
        """What it returns, else a text. One call of it at a time: who comes meanwhile waits, and while one hangs no further one is made."""
        limit = self._options.request_timeout
        late = f"no answer within {limit:g} s"
        end = asyncio.get_running_loop().time() + limit
        while (former := self._asked.get(function)) is not None and not former.done():
            await asyncio.wait({former}, timeout=end - asyncio.get_running_loop().time())
            if not former.done():
                return late
        asked = self._asked[function] = self._loop.start(lambda: self._loop.call(function, *arguments), "short call")
        asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # Nobody may be left to look at it.
        await asyncio.wait({asked}, timeout=limit)
        if not asked.done():
            return late
        error = asked.exception()
        return asked.result() if error is None else fault_text(error)
