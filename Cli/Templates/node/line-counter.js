import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { DescriptorBuilder, JobOutcome } from "plugin-worker";

/** Counts the lines of the files of a folder, each file again when it has changed. Put your own work in its place. @type {import("plugin-worker").JobHandler} */
export const lineCounter = {
  // The form people see, with its defaults. Sections named job are asked for when somebody submits a job by hand.
  descriptor: new DescriptorBuilder("__job_type__", "__title__", { description: "Counts the lines of files." })
    .worker(form => {
      form.section("where", "Where", "", section => section.text("folder", "Folder", "On the machine of the worker.", "/var/log"));
      form.section("job", "Job", "", section => section.text("file", "File", "The file to count.").required());
    })
    .runtime({ detectionIntervalMinutes: 5, globalExecutionConcurrency: 4, perWorkerExecutionConcurrency: 4 })
    .build(),

  // Looks for work. A key that is known already makes no second job.
  async *detect(ctx) {
    const folder = ctx.config.text("folder");
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(folder, entry.name);
      yield { id: file, dedupeKey: `${file} ${(await stat(file)).mtimeMs}`, summary: `count ${entry.name}`, parameters: { file } };
    }
  },

  // Does the work. An exception fails the attempt, and the admin tries again; running it twice must be safe.
  async execute(ctx) {
    const file = ctx.config.text("file");
    if (!(await stat(file).catch(() => undefined))?.isFile()) return JobOutcome.failed(`${file} is gone`, { permanent: true });
    let lines = 0;
    for await (const _ of createInterface({ input: createReadStream(file, { signal: ctx.signal }) })) lines++;
    await ctx.writeLine(`${file} has ${lines} lines`);
    return JobOutcome.succeeded(`${lines} lines`, { lines });
  },
};
