"""Results that the admin has not confirmed yet; sent again after every start, oldest first. Belongs to the core loop."""
from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import List, Optional, Tuple

from ._attempt import RunningAttempt
from .wire import plugin_pb2 as wire


class CompletionBox:
    """At most 1,000 results, 24 h each."""

    MOST = 1000
    LONGEST = 24 * 3600.0
    MOST_OUTPUT = 64 << 20
    """Bytes of output that may not have arrived and goes with them, of all together; beyond that the oldest results go without."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Tuple[wire.JobCompleted, Optional[RunningAttempt], float]] = OrderedDict()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def keep(self, completed: wire.JobCompleted, attempt: Optional[RunningAttempt]) -> None:
        """``attempt``: when its output may not have been sent."""
        self._kept[completed.request_id] = (completed, attempt, time.monotonic())
        self._emptied.clear()
        while len(self._kept) > self.MOST:
            self._kept.popitem(last=False)
        room = self.MOST_OUTPUT
        for key, (kept, owner, since) in reversed(list(self._kept.items())):
            room -= owner.output_size if owner is not None else 0
            if room < 0:
                self._kept[key] = (kept, None, since)

    def confirm(self, request_id: str) -> None:
        self._kept.pop(request_id, None)
        if not self._kept:
            self._emptied.set()

    def all(self) -> List[Tuple[wire.JobCompleted, Optional[RunningAttempt]]]:
        """Oldest first."""
        oldest = time.monotonic() - self.LONGEST
        for key in [key for key, entry in self._kept.items() if entry[2] < oldest]:
            self.confirm(key)
        return [(completed, attempt) for completed, attempt, _ in self._kept.values()]

    def unsent(self) -> List[RunningAttempt]:
        """Attempts that ended while the stream was away: to the admin they run, and their last output is still to come."""
        return [attempt for _, attempt in self.all() if attempt is not None and not attempt.is_told]

    @property
    def count(self) -> int:
        return len(self._kept)

    async def emptied(self) -> None:
        """Returns when nothing is left to be confirmed."""
        await self._emptied.wait()
