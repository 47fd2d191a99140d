"""Rotates log files: finds those above a size or an age in configured folders, renames and compresses them, keeps the newest N.

Run it beside an admin: PLUGIN_ADMIN=127.0.0.1:23646 python3 log_rotate.py
"""
from __future__ import annotations

import datetime as dt
import fnmatch
import gzip
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Iterator, List

from plugin_worker import DescriptorBuilder, DetectionContext, JobContext, JobHandler, JobOutcome, Priority, Proposal, main

_PIECE = 1024 * 1024
_ROTATED = re.compile(r"\.\d{8}T\d{6}(-\d+)?(\.gz)?(\.part)?$")


class LogRotate(JobHandler):
    """Detects and rotates. A file is proposed by the worker that sees it, and rotated by that worker only."""

    def __init__(self) -> None:
        builder = DescriptorBuilder("log_rotate", "Rotate logs", "Renames and compresses log files that have grown too large or too old.", "fa-rotate")
        where = builder.worker.section("where", "Where to look")
        where.list("roots", "Folders", "Absolute paths; folders below them are looked into as well.", default=["/var/log/app"]).min_items(1).max_items(64)
        where.text("pattern", "Files", "Names of log files, with * and ?.", default="*.log")
        when = builder.worker.section("when", "When to rotate, what to keep")
        when.integer("max_bytes", "Size", "Larger files are rotated.", default=10 * 1024 * 1024).range(1, 1 << 50)
        when.duration("max_age", "Age", "Files whose last rotation is longer ago are rotated too; 0 = never for that.", default=dt.timedelta())
        when.integer("keep", "Keep", "Newest rotated files of each log; older ones are deleted.", default=7).range(1, 1000)
        builder.worker.section("job", "Job").text("path", "File", "The log file to rotate.").required().check("absolute_path")
        builder.runtime(detection_interval_minutes=10, detection_timeout_seconds=300, max_jobs_per_detection=500, retry_limit=1, execution_timeout_seconds=3600)
        self.descriptor = builder.build()

    def detect(self, ctx: DetectionContext) -> Iterator[Proposal]:
        largest, oldest = ctx.config.integer("max_bytes"), ctx.config.duration("max_age")
        for root in ctx.config.texts("roots"):
            ctx.report("looking", root)
            for path in _logs(Path(root), ctx.config.text("pattern")):
                ctx.raise_if_canceled()
                why = _why(path, largest, oldest, ctx.now())
                if why:
                    yield Proposal(
                        id=str(path), dedupe_key=f"{ctx.worker_id}:{path}", summary=f"{path.name}: {why}", detail=str(path), priority=Priority.LOW,
                        parameters={"path": str(path)}, labels={"require.worker_id": ctx.worker_id})

    def validate(self, ctx: JobContext) -> str | None:
        # Who may submit a job must not be able to rotate any file of the machine: the saved folders decide.
        path = Path(os.path.realpath(ctx.config.text("path")))
        roots = [Path(os.path.realpath(root)) for root in ctx.saved.texts("roots")]
        if not any(root in path.parents for root in roots):
            return f"{path} is in none of the configured folders"
        return None

    def execute(self, ctx: JobContext) -> JobOutcome:
        path = Path(os.path.realpath(ctx.config.text("path")))
        unfinished = sorted(one for one in _rotated(path) if one.suffix != ".gz")
        if not unfinished and (not path.is_file() or path.stat().st_size == 0):
            return JobOutcome.succeeded("nothing to rotate")  # An attempt before this one has done it.
        before, after = 0, 0
        moved = unfinished + ([_move(path, ctx.now())] if path.is_file() and path.stat().st_size > 0 else [])
        for number, source in enumerate(moved):
            before += source.stat().st_size
            target = _compress(ctx, source, number / len(moved), 1 / len(moved))
            after += target.stat().st_size
            ctx.write_line(f"{source.name} -> {target.name}")
        deleted = _delete_old(path, ctx.config.integer("keep"))
        for one in deleted:
            ctx.write_line(f"deleted {one.name}")
        ctx.report(100, "done")
        outputs = {"bytes_before": before, "bytes_after": after, "deleted": len(deleted), "file": str(moved[-1]) + ".gz"}
        return JobOutcome.succeeded(f"{before} bytes became {after}", outputs)


def _logs(root: Path, pattern: str) -> Iterator[Path]:
    """Regular files below the root; links are not followed."""
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder, name)
            if fnmatch.fnmatch(name, pattern) and not _ROTATED.search(name) and path.is_file() and not path.is_symlink():
                yield path


def _why(path: Path, largest: int, oldest: dt.timedelta, now: dt.datetime) -> str:
    """Why the file is to be rotated, or nothing."""
    size = path.stat().st_size
    if size > largest:
        return f"{size} bytes"
    if size > 0 and oldest > dt.timedelta():
        rotated = [dt.datetime.fromtimestamp(one.stat().st_mtime, dt.timezone.utc) for one in _rotated(path)]
        since = max(rotated, default=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.timezone.utc))
        if now - since > oldest:
            return f"last rotated {since:%Y-%m-%d %H:%M}"
    return ""


def _rotated(path: Path) -> List[Path]:
    """What earlier rotations of this file left, without pieces that were being written."""
    found = path.parent.glob(glob_escape(path.name) + ".*")
    return [one for one in found if _ROTATED.fullmatch(one.name[len(path.name):]) and not one.name.endswith(".part")]


def glob_escape(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)


def _move(path: Path, now: dt.datetime) -> Path:
    """Gives the file its new name, which no other one has. Its writer goes on in a new file when it opens the old name again."""
    stem = f"{path.name}.{now.astimezone(dt.timezone.utc):%Y%m%dT%H%M%S}"
    for number in range(1000):
        target = path.with_name(stem if number == 0 else f"{stem}-{number}")
        if not target.exists() and not target.with_name(target.name + ".gz").exists():
            path.rename(target)
            return target
    raise FileExistsError(f"{stem} is there a thousand times")


def _compress(ctx: JobContext, source: Path, base: float, share: float) -> Path:
    """Compresses beside the file, syncs, and only then lets go of the original: a crash in between loses nothing."""
    target = source.with_name(source.name + ".gz")
    part = target.with_name(target.name + ".part")
    size, done = max(1, source.stat().st_size), 0
    with source.open("rb") as plain, part.open("wb") as raw:
        with gzip.GzipFile(filename=source.name, fileobj=raw, mode="wb") as packed:
            while piece := plain.read(_PIECE):
                ctx.raise_if_canceled()
                packed.write(piece)
                done += len(piece)
                ctx.report(100 * (base + share * done / size), "compressing", source.name, {"bytes": done})
        raw.flush()
        os.fsync(raw.fileno())
    shutil.copystat(source, part)
    part.rename(target)
    source.unlink()
    return target


def _delete_old(path: Path, keep: int) -> List[Path]:
    old = sorted((one for one in _rotated(path) if one.suffix == ".gz"), key=lambda one: one.name)[:-keep]
    for one in old:
        one.unlink()
    return old


if __name__ == "__main__":
    sys.exit(main([LogRotate()]))
