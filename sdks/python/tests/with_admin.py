"""Against a real admin: ``with_admin.py rotate|readme HTTP GRPC`` runs the sample, or follows README.md literally in an empty folder;
``with_admin.py killed APP_DLL`` starts an admin of its own and kills it among running jobs."""
from __future__ import annotations

import collections
import contextlib
import gzip
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SDK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SDK))

import grpc  # noqa: E402

from plugin_worker import AdminClient, DescriptorBuilder, PluginWorker, WorkerOptions, job_type  # noqa: E402
from plugin_worker.wire import plugin_pb2 as wire  # noqa: E402

LIMIT = 60.0


def eventually(look):
    """What ``look`` finds as soon as it finds something; the admin learns of a new worker in its own time."""
    end = time.monotonic() + LIMIT
    while True:
        with contextlib.suppress(grpc.RpcError):
            found = look()
            if found:
                return found
        assert time.monotonic() < end, "the admin never got there"
        time.sleep(0.1)


@contextlib.contextmanager
def running(command, **options):
    """A worker, stopped with SIGTERM, which must end well."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
        process.terminate()
        assert process.wait(LIMIT) == 0, f"exit code {process.returncode}"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def run_detected(client, job_type, expected):
    """Detects until it finds what is expected, and waits for the jobs."""
    found = eventually(lambda: (answer := client.detect(job_type)).found == expected and answer)
    assert found.created == expected and not found.error_message, found
    jobs = eventually(lambda: len(listed := client.jobs(job_type)) == expected and listed)
    return [client.wait(job.job_id, LIMIT) for job in jobs]


def rotate(http, address):
    sample = SDK.parents[1] / "samples" / "log_rotate_python" / "log_rotate.py"
    with tempfile.TemporaryDirectory() as folder, AdminClient(f"grpc://{address}") as client:
        logs = Path(os.path.realpath(folder), "logs")
        logs.mkdir()
        for name, size in (("a.log", 50_000), ("b.log", 60_000), ("small.log", 10)):
            (logs / name).write_bytes(b"line\n" * (size // 5))
        environment = {**os.environ, "PYTHONPATH": str(SDK), "PLUGIN_ADMIN": http, "PLUGIN_WORKER_ID": "rotator", "PLUGIN_DATA_DIR": folder}
        with running([sys.executable, "-u", str(sample)], env=environment):
            form = eventually(lambda: client.describe("log_rotate")).worker_config_form
            assert [section.section_id for section in form.sections] == ["where", "when", "job"], form
            eventually(lambda: client.configure("log_rotate", {"roots": [str(logs)], "max_bytes": 1000, "keep": 1}))
            jobs = run_detected(client, "log_rotate", 2)
            for job in jobs:
                assert job.state == wire.JOB_STATE_SUCCEEDED and job.worker_id == "rotator", job
                assert job.result.output_values["bytes_after"].int64_value > 0, job
                printed = b"".join(chunk.data for chunk in client.watch_logs(job.job_id)).decode()
                assert re.fullmatch(r"[ab]\.log\.\d{8}T\d{6} -> [ab]\.log\.\d{8}T\d{6}\.gz\n", printed), printed
            refused = client.wait(client.submit("log_rotate", {"path": "/etc/hostname"}).job_id, LIMIT)
            assert refused.state == wire.JOB_STATE_FAILED and "none of the configured folders" in refused.error_message, refused
        left = sorted(path.name for path in logs.iterdir())
        assert len(left) == 3 and left[2] == "small.log", left
        assert [gzip.decompress((logs / name).read_bytes()) for name in left[:2]] == [b"line\n" * 10_000, b"line\n" * 12_000]


def readme(http, address):
    text = (SDK / "README.md").read_text("utf-8")
    text = text.replace("127.0.0.1:23646", http).replace("/path/to/repository", str(SDK.parents[1]))
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks] == ["sh", "python", "python", "sh", "sh", "python"], blocks
    handler = blocks[1][1].splitlines()
    assert len(handler) <= 31, f"the handler has {len(handler)} lines"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    clean["PATH"] = f"/usr/bin:{clean['PATH']}"  # Debian's own Python sees Debian's packages.
    with tempfile.TemporaryDirectory() as folder, AdminClient(f"grpc://{address}") as client:
        for kind, block in blocks[:4]:
            if kind == "python":
                Path(folder, block.splitlines()[0][2:]).write_text(block, "utf-8")
            else:
                subprocess.run(["bash", "-eu", "-c", block], cwd=folder, env=clean, check=True)
        submit = Path(folder, "submit.py")
        submit.write_text(blocks[5][1], "utf-8")
        with running(["bash", "-c", f"export {blocks[4][1].split()[0]}; exec {' '.join(blocks[4][1].split()[1:])}"], cwd=folder, env=clean):
            [job] = run_detected(client, "tidy", 1)
            assert job.state == wire.JOB_STATE_SUCCEEDED and job.result.output_values["deleted"].string_value == "report.csv", job
            assert os.listdir(Path(folder, "inbox")) == []
            said = subprocess.run([".venv/bin/python", "submit.py"], cwd=folder, env=clean, check=True, capture_output=True, text=True).stdout
            assert said == "{'deleted': 'report.csv'}\n", said
        assert Path(folder, "worker.id").read_text("utf-8").startswith("w-")


JOBS = 100


def killed(app):
    """Each of many running jobs ends once and with all its output, although the admin is killed in the middle of them."""
    begun, go_on, runs = threading.Semaphore(0), threading.Event(), collections.Counter()

    @job_type("slow", descriptor=DescriptorBuilder("slow").runtime(global_execution_concurrency=JOBS, per_worker_execution_concurrency=JOBS).build())
    def slow(ctx):
        runs[ctx.job_id] += 1
        ctx.write_line("before")
        begun.release()
        assert go_on.wait(LIMIT)
        ctx.write_line("after")
        return {"job": ctx.job_id}

    def admin(folder, http="0", port="0"):
        process = subprocess.Popen(["dotnet", app, "--port", http, "--grpc-port", port, "--data-dir", folder], stdout=subprocess.PIPE, text=True)
        said = {}
        while "Workers" not in said:
            name, _, value = process.stdout.readline().strip().partition(": ")
            assert name or process.poll() is None, "the admin did not start"
            said[name] = value
        threading.Thread(target=process.stdout.read, daemon=True).start()
        return process, said["Dashboard"].rpartition(":")[2], said["Workers"].rpartition(":")[2]

    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as cleanup:
        first, http, port = admin(folder)
        cleanup.callback(first.kill)
        options = WorkerOptions(address=f"grpc://127.0.0.1:{port}", worker_id="steady", execution_slots=JOBS, resume_window=LIMIT, registration_timeout=LIMIT)
        with PluginWorker(options, [slow]) as worker, AdminClient(options.address) as client:
            serving = threading.Thread(target=worker.run_forever, daemon=True)
            serving.start()
            eventually(lambda: client.describe("slow"))
            jobs = [client.submit("slow").job_id for _ in range(JOBS)]
            for _ in jobs:
                assert begun.acquire(timeout=LIMIT), runs
            first.send_signal(signal.SIGKILL)
            first.wait()
            go_on.set()  # All of them end while nobody listens.
            second, _, again = admin(folder, http, port)
            cleanup.callback(second.kill)
            assert again == port
            for job in [client.wait(one, LIMIT) for one in jobs]:
                assert (job.state, job.attempt) == (wire.JOB_STATE_SUCCEEDED, 1), job
                assert job.result.output_values["job"].string_value == job.job_id, job
                printed = b"".join(chunk.data for chunk in client.watch_logs(job.job_id))
                assert printed == b"before\nafter\n", printed
            assert runs == collections.Counter(jobs), runs
            worker.stop()
            serving.join(LIMIT)
            assert not serving.is_alive()


if __name__ == "__main__":
    {"rotate": rotate, "readme": readme, "killed": killed}[sys.argv[1]](*sys.argv[2:])
