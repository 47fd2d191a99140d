import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { adminOf, workerOf } from "./workers.mjs";
import { StartFailure } from "../dist/index.js";

// WORKER_SDK_STRESS_SECONDS=4 for a short run.
const seconds = Number(process.env.WORKER_SDK_STRESS_SECONDS ?? 60);

function resources() {
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

async function collected() {
  for (let n = 0; n < 4; n++) {
    global.gc();
    await new Promise(setImmediate);
  }
  return process.memoryUsage().heapUsed;
}

test("1,000 starts and stops of one worker leave nothing behind", async t => {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  global.gc = runInNewContext("gc");
  const admin = await adminOf(t, { onStream: stream => stream.accept() });
  const worker = workerOf(t, { address: admin.address, onClose: () => void (worker.closed.length = 0) });
  const cycle = async count => {
    for (let n = 0; n < count; n++) {
      await worker.start();
      await worker.stop();
    }
  };
  await cycle(100);
  const before = { resources: resources(), heap: await collected() };
  await cycle(900);
  // Sockets close a moment after their sessions.
  for (let n = 0; n < 100 && (resources().TCPSocketWrap ?? 0) > 4; n++) await pause(20);
  const after = { resources: resources(), heap: await collected() };
  for (const [name, count] of Object.entries(after.resources)) assert.ok(count <= (before.resources[name] ?? 0) + 4, `${count} ${name}, ${before.resources[name] ?? 0} before`);
  assert.ok(after.heap - before.heap < 8 * 1024 * 1024, `${after.heap - before.heap} bytes more after 900 cycles`);
  assert.equal(worker.session.generation, 1000);
});

test("a start that is stopped in the same moment leaves no connection behind", async t => {
  const admin = await adminOf(t, { onStream: stream => stream.accept() });
  const worker = workerOf(t, { address: admin.address });
  // Of both sides, also those that nothing in the process waits for.
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let n = 0; n < 50; n++) {
    const starting = worker.start().catch(() => {});
    // It has dialled then, and no more.
    await new Promise(setImmediate);
    await worker.stop();
    await starting;
  }
  for (let n = 0; n < 100 && open() > before; n++) await pause(20);
  assert.ok(open() <= before, `${open()} open, ${before} before`);
});

test(`8 loops that start, stop, wait and run at random for ${seconds} s end, and every start is closed once`, { timeout: (seconds + 80) * 1000 }, async t => {
  const admin = await adminOf(t, { onStream: stream => (Math.random() < 0.2 ? stream.drop() : stream.accept()) });
  const worker = workerOf(t, { address: admin.address });
  const until = performance.now() + seconds * 1000;
  const counts = { start: 0, stop: 0, wait: 0, run: 0, runForever: 0 };
  const calls = {
    start: () => worker.start(),
    // Not at once: a stop that finds nothing to stop is over in no time, and no start would ever come through.
    stop: async () => (await pause(Math.random() * 100), worker.stop({ drain: Math.random() < 0.5 })),
    wait: () => worker.wait({ signal: AbortSignal.timeout(200) }),
    run: () => worker.run({ signal: AbortSignal.timeout(100) }),
    runForever: () => worker.runForever({ longestDelay: 100 }, { signal: AbortSignal.timeout(200) }),
  };
  const loop = async () => {
    while (performance.now() < until || Object.values(counts).some(count => count <= 10)) {
      await pause(Math.random() * 10);
      const name = Object.keys(calls)[Math.floor(Math.random() * 5)];
      counts[name]++;
      await calls[name]().catch(error => assert.ok(error instanceof StartFailure || ["AbortError", "TimeoutError"].includes(error.name), error));
    }
  };
  await Promise.all(Array.from({ length: 8 }, loop));
  await worker.stop();
  // On a slow machine nearly every start is stopped before it succeeds: in the end there are only starts and stops in turn, until enough did.
  for (const cap = performance.now() + 30_000; !(worker.session?.generation > 5) && performance.now() < cap; await worker.stop()) {
    await worker.start().catch(error => assert.ok(error instanceof StartFailure, error));
  }
  assert.equal(worker.state, "Stopped");
  assert.deepEqual(worker.closed.map(([, generation]) => generation), Array.from({ length: worker.session.generation }, (_, n) => n + 1));
  assert.ok(worker.session.generation > 5, `${worker.session.generation} sessions`);
});
