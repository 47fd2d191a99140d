"""Tests of the handler, without an admin: PYTHONPATH=../../sdks/python python3 -m unittest"""
from __future__ import annotations

import datetime as dt
import gzip
import os
import tempfile
import unittest
from pathlib import Path

from log_rotate import LogRotate
from plugin_worker import HandlerTestHost, ManualClock


class LogRotateTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(os.path.realpath(folder.name))
        self.clock = ManualClock()
        self.host = HandlerTestHost(LogRotate(), worker_config={"roots": [str(self.root)], "max_bytes": 1000, "keep": 2}, clock=self.clock)

    def log(self, name: str, size: int) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        return path

    def names(self) -> list[str]:
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file())

    def test_proposes_what_is_too_large(self) -> None:
        self.log("small.log", 10)
        self.log("deep/large.log", 2000)
        self.log("large.txt", 2000)
        self.log("old.log.20300101T000000.gz", 2000)
        (self.root / "link.log").symlink_to(self.root / "deep/large.log")
        [found] = self.host.detect()
        self.assertEqual(found.parameters, {"path": str(self.root / "deep/large.log")})
        self.assertEqual(found.labels, {"require.worker_id": "test-worker"})

    def test_proposes_what_is_too_old(self) -> None:
        self.log("a.log", 10)
        self.host.worker_config["max_age"] = "1d"
        changed = dt.datetime.fromtimestamp((self.root / "a.log").stat().st_mtime, dt.timezone.utc)
        self.host.clock = ManualClock(changed + dt.timedelta(hours=23))
        self.assertEqual(self.host.detect(), [])
        self.host.clock = ManualClock(changed + dt.timedelta(hours=25))
        self.assertEqual(len(self.host.detect()), 1)

    def test_rotates_and_keeps_the_newest(self) -> None:
        for round_number in range(4):
            path = self.log("a.log", 2000 + round_number)
            outcome = self.host.execute({"path": str(path)})
            self.assertTrue(outcome.success, outcome.text)
            self.assertEqual(outcome.outputs["bytes_before"], 2000 + round_number)
            self.clock.advance(1)
        self.assertEqual(self.names(), ["a.log.20300101T000002.gz", "a.log.20300101T000003.gz"])
        with gzip.open(self.root / "a.log.20300101T000003.gz") as packed:
            self.assertEqual(packed.read(), b"x" * 2003)
        self.assertIn("deleted a.log.20300101T000001.gz", self.host.output)

    def test_finishes_what_an_interrupted_attempt_began(self) -> None:
        self.log("a.log.20291231T235959", 500)
        self.log("a.log.20291231T235959.gz.part", 3)
        self.assertTrue(self.host.execute({"path": str(self.root / "a.log")}).success)
        self.assertEqual(self.names(), ["a.log.20291231T235959.gz"])
        self.assertEqual(self.host.execute({"path": str(self.root / "a.log")}).text, "nothing to rotate")

    def test_cancelled_attempt_loses_nothing(self) -> None:
        path = self.log("a.log", 2000)
        self.host.canceled.set()
        self.assertEqual(self.host.execute({"path": str(path)}).text, "context canceled")
        self.assertEqual(sum((self.root / name).stat().st_size for name in self.names() if not name.endswith(".part")), 2000)

    def test_refuses_files_elsewhere(self) -> None:
        inside = self.root / "escape.log"
        inside.symlink_to("/etc/hostname")
        for path in ("/etc/passwd", str(self.root) + "/../x.log", str(inside), ""):
            outcome = self.host.execute({"path": path, "roots": ["/"]})
            self.assertFalse(outcome.success)
            self.assertEqual(outcome.outputs["error_class"], "permanent")


if __name__ == "__main__":
    unittest.main()
