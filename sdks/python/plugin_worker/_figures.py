"""What a worker counts: read by its health port, and by whoever asks the worker."""
from __future__ import annotations

import threading
from collections import Counter
from typing import Callable, Iterable, List, Tuple

from .sessions import CloseReason


class WorkerFigures:
    """The figures of one worker. Safe from any thread."""

    def __init__(self, worker_id: str, used: Callable[[], Tuple[int, int]], kept: Callable[[], int]) -> None:
        """``used``: detections and executions that run; ``kept``: results that no admin has confirmed yet."""
        self._worker_id, self._used, self._kept = worker_id, used, kept
        self._lock = threading.Lock()
        self._attempts: Counter[Tuple[str, str]] = Counter()
        self._proposals: Counter[str] = Counter()
        self._sessions: Counter[str] = Counter()

    def attempt_ended(self, job_type: str, outcome: str) -> None:
        with self._lock:
            self._attempts[job_type, outcome] += 1

    def proposed(self, job_type: str, count: int) -> None:
        with self._lock:
            self._proposals[job_type] += count

    def session_ended(self, reason: CloseReason) -> None:
        with self._lock:
            self._sessions[reason.value] += 1

    def to_text(self) -> str:
        """All of them in Prometheus's text format."""
        detecting, executing = self._used()
        with self._lock:
            attempts, proposals, sessions = list(self._attempts.items()), list(self._proposals.items()), list(self._sessions.items())
        lines: List[str] = []

        def family(name: str, kind: str, values: Iterable[Tuple[List[Tuple[str, str]], int]]) -> None:
            lines.append(f"# TYPE {name} {kind}")
            for labels, value in values:
                said = ",".join(f'{key}="{_escaped(text)}"' for key, text in [("worker_id", self._worker_id), *labels])
                lines.append(f"{name}{{{said}}} {value}")

        family("plugin_worker_attempts_total", "counter", (([("job_type", job_type), ("outcome", outcome)], count) for (job_type, outcome), count in attempts))
        family("plugin_worker_proposals_total", "counter", (([("job_type", job_type)], count) for job_type, count in proposals))
        family("plugin_worker_sessions_total", "counter", (([("reason", reason)], count) for reason, count in sessions))
        family("plugin_worker_executing", "gauge", [([], executing)])
        family("plugin_worker_detecting", "gauge", [([], detecting)])
        family("plugin_worker_completions_unacknowledged", "gauge", [([], self._kept())])
        return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
