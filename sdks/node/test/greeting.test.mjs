// A start succeeds by the admin's hello; without one by what the admin asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { allExtensions } from "./scripted-admin.mjs";
import { adminOf, echo, held, served, workerOf } from "./workers.mjs";
import { ManualClock } from "../dist/index.js";

test("an admin that asks before it says hello is served, and its hello counts", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const starting = worker.start();
  const stream = await admin.stream();
  stream.send({ request_id: "schema-1", request_config_schema: { job_type: "" } });
  const schema = await stream.next("config_schema_response");
  assert.deepEqual([schema.request_id, schema.success, schema.job_type_descriptor.admin_runtime_defaults.enabled], ["schema-1", true, true]);
  assert.deepEqual([worker.state, stream.all("heartbeat")], ["Starting", []]);
  stream.accept({ extensions: allExtensions, heartbeat_interval_seconds: 3, reconnect_delay_seconds: 7 });
  const session = await starting;
  assert.deepEqual([session.extensions.size, session.heartbeatInterval, session.reconnectDelay], [5, 3000, 7000]);
  await stream.next("heartbeat");
});

test("a job that comes before the hello runs, and its result comes after it", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const starting = worker.start();
  const stream = await admin.stream();
  stream.execute("echo");
  assert.equal((await stream.next("acknowledge")).accepted, true);
  stream.accept();
  await starting;
  assert.equal((await stream.next("job_completed")).success, true);
});

test("an admin that asks but never says hello has taken the worker, without extensions", async t => {
  const admin = await adminOf(t);
  const clock = new ManualClock();
  const work = held();
  const worker = workerOf(t, { address: admin.address, clock }, work);
  const starting = worker.start();
  const stream = await admin.stream();
  stream.execute("held");
  assert.equal((await stream.next("acknowledge")).accepted, true);
  await clock.advance(4999);
  assert.deepEqual([worker.state, stream.all("heartbeat")], ["Starting", []]);
  await clock.advance(1);
  const session = await starting;
  assert.deepEqual([session.extensions.size, session.heartbeatInterval, worker.state, work.begun.get("job-1").context.signal.aborted], [0, 10_000, "Running", false]);
  assert.deepEqual((await stream.next("heartbeat")).running_work.map(({ work_id, request_id }) => [work_id, request_id]), [["job-1", ""]]);
  // A hello that comes late grants nothing any more.
  stream.accept({ extensions: allExtensions });
  work.release("job-1");
  assert.equal((await stream.next("job_completed")).success, true);
  assert.equal(worker.session.extensions.size, 0);
});

test("an admin that says nothing at all is a timeout", async t => {
  const admin = await adminOf(t);
  const clock = new ManualClock();
  const worker = workerOf(t, { address: admin.address, clock });
  const failed = assert.rejects(worker.start(), error => error.code === "Timeout");
  await admin.stream();
  await clock.advance(5000);
  await failed;
  assert.deepEqual([worker.state, worker.closed], ["Stopped", []]);
});

test("a refusal after a request is a refusal", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const starting = worker.start();
  const stream = await admin.stream();
  stream.send({ request_id: "s", request_config_schema: { job_type: "" } });
  stream.accept({ accepted: false, message: "permanent: never" });
  await assert.rejects(starting, error => error.code === "Rejected" && error.permanent);
});

test("request ids are in heartbeats only with resume", async t => {
  const work = held();
  const { stream } = await served(t, {}, { extensions: ["log", "ack"] }, work);
  stream.execute("held");
  const beat = await stream.next(message => message.heartbeat?.running_work.length === 1);
  assert.deepEqual([beat.running_work[0].work_id, beat.running_work[0].request_id], ["job-1", ""]);
});
