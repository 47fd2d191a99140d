// Handlers and workers of the tests.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { ScriptedAdmin } from "./scripted-admin.mjs";
import { DescriptorBuilder, JobOutcome, PluginWorker, Value } from "../dist/index.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "worker-sdk-"));
after(() => rmSync(folder, { recursive: true, force: true }));

export const handler = (jobType, work) => ({ descriptor: new DescriptorBuilder(jobType, jobType).build(), ...work });

export const echo = handler("echo", {
  execute: context => JobOutcome.succeeded("echoed", Object.fromEntries(Object.entries(context.request.job.parameters).map(([name, wire]) => [name, Value.from(wire)]))),
});

/** Runs until released, or cancelled. */
export function held(jobType = "held") {
  const begun = new Map();
  const work = handler(jobType, {
    execute: context => new Promise((resolve, reject) => {
      begun.set(context.jobId, { context, release: () => resolve(JobOutcome.succeeded(`did ${context.jobId}`)) });
      context.signal.addEventListener("abort", () => reject(context.signal.reason), { once: true });
    }),
  });
  return Object.assign(work, { begun, release: id => begun.get(id).release() });
}

/** A worker that is stopped with its test. */
export function workerOf(t, options, ...handlers) {
  const closed = [];
  const worker = new PluginWorker({
    workerId: "w-test", stateDirectory: folder, environment: {}, ...options,
    onClose: async (reason, session) => {
      closed.push([reason, session.generation]);
      await options.onClose?.(reason, session);
    },
  }, handlers.length > 0 ? handlers : [echo]);
  worker.closed = closed;
  t?.after(async () => {
    const stopping = worker.stop({ drain: false });
    await options.clock?.advance(10_000);
    await stopping;
  });
  return worker;
}

/** A test's admin, closed with it. */
export async function adminOf(t, options) {
  const admin = await ScriptedAdmin.listen(options);
  t.after(() => admin.close());
  return admin;
}

/** A worker that is served, and its stream. */
export async function served(t, options, hello, ...handlers) {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address, ...options }, ...handlers);
  const starting = worker.start();
  const stream = await admin.stream();
  stream.accept(hello);
  await starting;
  return { admin, worker, stream };
}

/** The hello of an admin that knows no extensions. */
export const foreign = { extensions: [] };
