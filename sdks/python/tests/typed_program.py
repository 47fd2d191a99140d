"""What a program of somebody else looks like to a type checker; it is checked, not run."""
from __future__ import annotations

from typing import Iterator, Optional

import plugin_worker as pw
from plugin_worker import aio


class Tidy(pw.JobHandler):
    descriptor = pw.DescriptorBuilder("tidy").build()

    def detect(self, ctx: pw.DetectionContext) -> Iterator[pw.Proposal]:
        if not ctx.is_full:
            yield pw.Proposal(id="p", summary=ctx.job_type, parameters={"names": ["a"], "sequence": ctx.sequence})

    def execute(self, ctx: pw.JobContext) -> pw.JobOutcome:
        ctx.report(50, "half", metrics={"n": 1})
        ctx.output("stdout", b"said")
        name: str = ctx.config.text("name")
        count: int = ctx.config.integer("count")
        return pw.JobOutcome.succeeded(name, {"count": count})


@pw.job_type("ping")
def ping(ctx: pw.JobContext) -> str:
    return ctx.job_id


def on_close(reason: pw.CloseReason, session: pw.SessionSnapshot) -> None:
    print(reason.value, session.generation)


def serve() -> int:
    options = pw.WorkerOptions(address="127.0.0.1:23646", worker_id="w", execution_slots=2, token_file="token")
    with pw.PluginWorker(options, [Tidy(), ping], on_close=on_close) as worker:
        session: pw.SessionSnapshot = worker.start(timeout=5)
        ended: Optional[pw.RunResult] = worker.wait()
        worker.stop(drain=False)
        print(session.address, ended.reason if ended is not None else None, worker.state is pw.WorkerState.STOPPED)
    try:
        result: pw.RunResult = worker.run_forever(pw.RestartPolicy(longest_delay=10))
    except pw.StartFailure as failure:
        return 1 if failure.permanent else 0
    return int(result.served)


async def serve_async() -> pw.RunResult:
    async with aio.PluginWorker(pw.WorkerOptions(), [ping]) as worker:
        await worker.start()
        return await worker.run_forever()


def submit() -> str:
    with pw.AdminClient("127.0.0.1:23646") as client:
        job = client.wait(client.submit("tidy", {"name": "x"}).job_id, timeout=30)
        for chunk in client.watch_logs(job.job_id):
            print(chunk.data)
    return str(pw.HandlerTestHost(Tidy()).execute({"name": "x"}).text)
