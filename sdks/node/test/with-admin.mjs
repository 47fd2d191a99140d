// Against a real admin: node with-admin.mjs killed APP_DLL starts an admin of its own and kills it among running jobs.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { AdminClient, DescriptorBuilder, JobOutcome, PluginWorker, consoleLogger } from "../dist/index.js";

const count = 100;
const limit = 60_000;

async function adminProcess(app, folder, http = "0", port = "0") {
  const child = spawn("dotnet", [app, "--port", http, "--grpc-port", port, "--data-dir", folder], { stdio: ["ignore", "pipe", "inherit"] });
  const said = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [name, value] = line.trim().split(/: (.*)/);
    said[name] = value;
    if (name === "Workers") break;
  }
  assert.ok(said.Workers, "the admin did not start");
  child.stdout.resume();
  return { child, http: said.Dashboard.split(":").at(-1), port: said.Workers.split(":").at(-1) };
}

/** The admin learns of a new worker in its own time, and is away for a while once it was killed. */
async function eventually(look) {
  const end = performance.now() + limit;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    assert.ok(performance.now() < end, "the admin never got there");
    await pause(100);
  }
}

/** Each of many running jobs ends once, although the admin is killed in the middle of them: half of them end while it is away, half after it is back. */
async function killed(app) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "with-admin-"));
  const begun = new Map();
  const runs = [];
  const slow = {
    descriptor: new DescriptorBuilder("slow", "Slow").runtime({ globalExecutionConcurrency: count, perWorkerExecutionConcurrency: count }).build(),
    execute: async context => {
      runs.push(context.jobId);
      await context.writeLine("before");
      await new Promise(resolve => begun.set(context.jobId, resolve));
      await context.writeLine("after");
      return JobOutcome.succeeded("", { job: context.jobId });
    },
  };
  const first = await adminProcess(app, folder);
  let second;
  const address = `127.0.0.1:${first.port}`;
  const worker = new PluginWorker({
    address: `grpc://${address}`, workerId: "steady", stateDirectory: folder, environment: {}, executionSlots: count, resumeWindow: limit, registrationTimeout: limit, logger: consoleLogger(),
  }, [slow]);
  const client = new AdminClient(`grpc://${address}`);
  try {
    const serving = worker.runForever();
    const jobs = [(await eventually(() => client.submit("slow", {}, { requireWorker: true }))).id];
    while (jobs.length < count) jobs.push((await client.submit("slow")).id);
    await eventually(async () => begun.size === count);
    const gone = once(first.child, "exit");
    first.child.kill("SIGKILL");
    await gone;
    for (const id of jobs.slice(0, count / 2)) begun.get(id)();
    second = await adminProcess(app, folder, first.http, first.port);
    assert.equal(second.port, first.port);
    await eventually(async () => worker.state === "Running");
    for (const id of jobs.slice(count / 2)) begun.get(id)();
    for (const id of jobs) {
      const job = await eventually(async () => {
        const now = await client.get(id);
        return ["SUCCEEDED", "FAILED", "CANCELED"].includes(now.state) && now;
      });
      assert.deepEqual([job.state, job.attempt, job.outputs.job], ["SUCCEEDED", 1, id], job.error);
    }
    assert.deepEqual(runs.sort(), [...jobs].sort());
    await worker.stop();
    assert.equal((await serving).reason, "StopRequested");
  } finally {
    client.close();
    for (const one of [first, second]) one?.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

await { killed }[process.argv[2]](...process.argv.slice(3));
process.exit(0);
