"""The handler without an admin and without a network: python3 -m unittest"""
import os
import tempfile
import unittest

from plugin_worker import HandlerTestHost
from worker import LineCounter


class LineCounterTest(unittest.TestCase):
    def test_a_file_is_found_and_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "a.txt"), "w") as file:
                file.write("one\ntwo\n")
            host = HandlerTestHost(LineCounter(), worker_config={"folder": folder})
            found, = host.detect()
            outcome = host.execute(found.parameters)
            self.assertEqual((True, "2 lines"), (outcome.success, outcome.text))

    def test_a_file_that_is_gone_fails_for_good(self):
        outcome = HandlerTestHost(LineCounter()).execute({"file": "/no/such/file"})
        self.assertEqual((False, "/no/such/file is gone"), (outcome.success, outcome.text))


if __name__ == "__main__":
    unittest.main()
