"""The same worker many times over, and from many threads: nothing grows, nothing hangs, every session ends once."""
from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from .support import AdminCase, Closed, pw

ROUNDS = int(os.environ.get("PLUGIN_WORKER_TEST_ROUNDS", "1000"))
SECONDS = float(os.environ.get("PLUGIN_WORKER_TEST_SECONDS", "60"))


def figures():
    gc.collect()
    with open("/proc/self/status", encoding="ascii") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd")), resident


class Load(AdminCase):
    def test_many_rounds_of_start_and_stop_stay_flat(self):
        script = Path(__file__).with_name("scripted_admin.py")
        with subprocess.Popen([sys.executable, str(script), "accept"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as admin:
            closed = Closed()
            worker = self.worker(address=f"grpc://127.0.0.1:{admin.stdout.readline().strip()}", on_close=closed)
            for _ in range(50):
                worker.start()
                worker.stop()
            threads, files, resident = figures()
            for _ in range(ROUNDS):
                worker.start()
                worker.stop()
            after = figures()
            admin.stdin.close()
        self.assertEqual(closed.calls, [(pw.CloseReason.STOP_REQUESTED, generation) for generation in range(1, ROUNDS + 51)])
        self.assertLessEqual(after[0], threads + 2)
        self.assertLessEqual(after[1], files + 2)
        self.assertLessEqual(after[2], resident + 8 * 1024, "KiB resident")

    def test_eight_threads_at_random(self):
        closed, starts, lock = Closed(), Counter(), threading.Lock()
        worker = self.worker(on_close=closed, registration_timeout=10)
        end = time.monotonic() + SECONDS
        faults = []
        seed = random.randrange(1 << 30)

        def started(generation):
            with lock:
                starts[generation] += 1

        def act(dice):
            while time.monotonic() < end:
                verb = dice.choice(("start", "start", "stop", "abort", "wait", "run", "run_forever", "drop"))
                try:
                    if verb == "start":
                        started(worker.start().generation)
                    elif verb in ("stop", "abort"):
                        worker.stop(drain=verb == "stop", grace=1)
                    elif verb == "wait":
                        worker.wait(timeout=dice.random() / 5)
                    elif verb == "drop":
                        self.admin.link(timeout=0.05).end()
                    else:
                        cancel = pw.Cancellation()
                        timer = threading.Timer(dice.random() / 5, cancel.set)
                        timer.start()
                        ended = worker.run(cancel=cancel) if verb == "run" else worker.run_forever(pw.RestartPolicy(longest_delay=0.1), cancel=cancel)
                        if ended.session is not None:
                            started(ended.session.generation)
                except (pw.AlreadyStarted, pw.StartFailure, pw.RunCanceled, TimeoutError):
                    pass
                except Exception as error:
                    if type(error).__name__ != "Empty":
                        faults.append(error)

        threads = [threading.Thread(target=act, args=(random.Random(seed + number),), daemon=True) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS + 30)
        self.assertFalse([thread for thread in threads if thread.is_alive()], f"a call hangs (seed {seed})")
        worker.stop()
        # On a slow machine nearly every start is stopped before it succeeds: in the end there are only starts and stops in turn, until enough did.
        for _ in range(4 - (worker.session.generation if worker.session is not None else 0)):
            started(worker.start().generation)
            worker.stop()
        self.assertEqual(faults, [])
        sessions = worker.session.generation
        self.assertGreater(sessions, 3)
        closed.wait(sessions)  # A stop that finds the session over does not wait for it.
        self.assertEqual(sorted(generation for _, generation in closed.calls), list(range(1, sessions + 1)), f"seed {seed}")
        self.assertLessEqual(set(starts), set(range(1, sessions + 1)))

    def test_dropped_workers_leave_no_thread(self):
        worker, _ = self.connected()
        worker.stop()
        del worker
        before = threading.active_count()
        for _ in range(5):
            other = pw.PluginWorker(pw.WorkerOptions(address=self.admin.address, worker_id="w-drop"), [echo_once()])
            other.start()
            link = self.admin.link()
            link.execute("j", "once")
            link.expect("job_completed")
            other.close()
        gc.collect()
        limit = time.monotonic() + 10
        while threading.active_count() > before + 2 and time.monotonic() < limit:
            time.sleep(0.01)
        self.assertLessEqual(threading.active_count(), before + 2)


def echo_once():
    @pw.job_type("once")
    def once(ctx):
        return None

    return once
