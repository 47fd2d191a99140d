"""Counts the lines of the files of a folder, each file again when it has changed. Put your own work in its place."""
import os
import sys

from plugin_worker import DescriptorBuilder, DetectionContext, JobContext, JobHandler, JobOutcome, Proposal, main


def describe():
    """The form people see, with its defaults. Sections named job are asked for when somebody submits a job by hand."""
    builder = DescriptorBuilder("__job_type__", "__title__", "Counts the lines of files.")
    form = builder.worker
    form.section("where", "Where").text("folder", "Folder", "On the machine of the worker.", "/var/log")
    form.section("job", "Job").text("file", "File", "The file to count.").required()
    builder.runtime(detection_interval_minutes=5, global_execution_concurrency=4, per_worker_execution_concurrency=4)
    return builder.build()


class LineCounter(JobHandler):
    descriptor = describe()

    def detect(self, ctx: DetectionContext) -> None:
        """Looks for work. A key that is known already makes no second job."""
        for entry in os.scandir(ctx.config.text("folder")):
            if entry.is_file():
                ctx.propose(Proposal(
                    id=entry.path, dedupe_key=f"{entry.path} {entry.stat().st_mtime_ns}", summary=f"count {entry.name}", parameters={"file": entry.path}))

    def execute(self, ctx: JobContext) -> JobOutcome:
        """Does the work. An exception fails the attempt, and the admin tries again; running it twice must be safe."""
        path = ctx.config.text("file")
        if not os.path.isfile(path):
            return JobOutcome.failed(f"{path} is gone", permanent=True)
        lines = 0
        with open(path, "rb") as file:
            for _ in file:
                lines += 1
                ctx.raise_if_canceled()
        ctx.write_line(f"{path} has {lines} lines")
        return JobOutcome.succeeded(f"{lines} lines", {"lines": lines})


if __name__ == "__main__":
    sys.exit(main([LineCounter()]))
