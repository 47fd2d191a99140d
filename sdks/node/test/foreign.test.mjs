// An admin that knows no extensions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adminOf, echo, foreign, handler, served, workerOf } from "./workers.mjs";
import { ManualClock } from "../dist/index.js";

test("heartbeats come every 10 s at most, whatever its hello asks for, and as ours asks for", async t => {
  for (const [extensions, interval] of [[[], 10_000], [["ping"], 30_000]]) {
    const clock = new ManualClock();
    const { worker, stream } = await served(t, { clock }, { extensions, heartbeat_interval_seconds: 30 }, echo);
    assert.deepEqual([worker.heartbeatInterval, worker.session.heartbeatInterval], [interval, interval]);
    await stream.next("heartbeat");
    const asked = async request_id => {
      stream.send({ request_id, request_config_schema: { job_type: "echo" } });
      await stream.next("config_schema_response");
      return stream.all("heartbeat").length;
    };
    await clock.advance(interval - 1);
    assert.equal(await asked("before"), 1);
    await clock.advance(1);
    assert.equal(await asked("then"), 2);
    await worker.stop({ drain: false });
  }
});

test("an interval below 10 s is kept", async t => {
  const { worker } = await served(t, {}, { ...foreign, heartbeat_interval_seconds: 3 }, echo);
  assert.equal(worker.heartbeatInterval, 3000);
});

test("a proposal without a key gets its id as one, for it gives jobs new ids; ours finds twins by itself", async t => {
  const find = handler("find", { *detect() { yield { id: "p" }; yield { id: "q", dedupeKey: "mine" }; } });
  for (const [hello, keys] of [[foreign, ["p", "mine"]], [{}, ["", "mine"]]]) {
    const { stream } = await served(t, {}, hello, find);
    stream.send({ request_id: "d", run_detection_request: { job_type: "find" } });
    assert.deepEqual((await stream.next("detection_proposals")).proposals.map(proposal => proposal.dedupe_key), keys);
  }
});

test("runForever comes back after its shutdown: nobody there starts the worker again", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const running = worker.runForever({ jitter: () => 0.5, longestDelay: 20 });
  const first = await admin.stream();
  first.accept(foreign);
  first.send({ shutdown: { reason: "update", grace_period_seconds: 1 } });
  const second = await admin.stream();
  second.accept(foreign);
  await second.next("heartbeat");
  await worker.stop();
  assert.deepEqual([(await running).reason, worker.closed.map(([reason]) => reason)], ["StopRequested", ["AdminShutdown", "StopRequested"]]);
});
