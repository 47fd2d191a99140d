"""Calls of handlers beside their work: health, which has little time, and preview. Belongs to the core loop."""
from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ._attempt import cut
from ._calls import HandlerLoop
from ._results import fault_text
from .cancellation import Cancellation
from .handlers import Handler
from .options import WorkerOptions
from .wire import plugin_pb2 as wire


class ShortCalls:
    """Of one worker; it outlives sessions, so that a call that hangs is not made again with the next one."""

    PREVIEW_LIMIT = 30.0
    """Seconds for a preview: an admin waits no longer for the answer."""
    MOST_PREVIEWS = 4

    def __init__(self, handlers: Mapping[str, Handler], options: WorkerOptions, loop: HandlerLoop) -> None:
        self._handlers, self._options, self._loop = handlers, options, loop
        self._asked: Dict[Any, asyncio.Future[Any]] = {}
        self._previewing = 0

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
        offered = [handler.preview for handler in self._handlers.values() if handler.preview is not None]
        if not offered:
            return None
        if self._previewing >= self.MOST_PREVIEWS:
            return f"{self.MOST_PREVIEWS} previews are being made; ask again"
        self._previewing += 1
        gone = Cancellation()
        making = asyncio.ensure_future(self._preview(offered, request, gone))
        making.add_done_callback(self._previewed)
        await asyncio.wait({making}, timeout=self.PREVIEW_LIMIT)
        if not making.done():
            gone.set()
            return f"the preview took more than {self.PREVIEW_LIMIT:g} s"
        return making.result()

    async def _preview(self, offered: Sequence[Any], request: wire.RequestObjectPreview, gone: Cancellation) -> Any:
        why = "nothing is known of this object"
        for preview in offered:
            try:
                found = await self._loop.start(partial(self._loop.call, preview, request, canceled=gone), "preview")
            except Exception as error:
                why = fault_text(error)
            else:
                if found:
                    return found
            if gone.is_set():
                break
        return why

    def _previewed(self, making: asyncio.Future[Any]) -> None:
        """A call that hangs keeps its place until it ends."""
        self._previewing -= 1
        if not making.cancelled():
            making.exception()

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
