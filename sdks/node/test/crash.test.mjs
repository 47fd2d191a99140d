import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { held, workerOf } from "./workers.mjs";

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), "admin-process.mjs");

/** An admin in a process of its own; its lines are what it got. */
async function adminProcess(t, port) {
  const child = spawn(process.execPath, [program, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value);
  return { child, next, port: (await next()).port, say: command => child.stdin.write(`${JSON.stringify(command)}\n`) };
}

test("an admin that is killed among 100 running jobs gets each result once, before or after", { timeout: 60_000 }, async t => {
  const work = held();
  const first = await adminProcess(t, 0);
  const worker = workerOf(t, { address: `grpc://127.0.0.1:${first.port}`, executionSlots: 100, resumeWindow: 60_000 }, work);
  const serving = worker.runForever({ jitter: () => 0.5 });
  assert.deepEqual(await first.next(), { claimed: [] });
  const ids = Array.from({ length: 100 }, (_, n) => `job-${n}`);
  first.say({ execute: ids });
  assert.deepEqual(await first.next(), { acknowledged: 100 });

  const results = [];
  for (const id of ids.slice(0, 30)) work.release(id);
  while (results.length < 30) results.push((await first.next()).completed);
  // The acknowledgements sent before this answer have been read by the worker.
  first.say({ ping: true });
  assert.deepEqual(await first.next(), { pong: true });

  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  while (worker.state === "Running") await new Promise(resolve => setTimeout(resolve, 5));
  for (const id of ids.slice(30, 60)) work.release(id);

  const second = await adminProcess(t, first.port);
  assert.deepEqual((await second.next()).claimed.sort(), ids.slice(60).map(id => `r-${id}`).sort());
  for (const id of ids.slice(60)) work.release(id);
  while (results.length < 100) results.push((await second.next()).completed);
  second.say({ ping: true });
  assert.deepEqual(await second.next(), { pong: true });
  assert.deepEqual(results.sort(), ids.sort());
  await worker.stop();
  assert.equal((await serving).reason, "StopRequested");
});
