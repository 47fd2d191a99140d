// A stop that finds the stream away: what is finished is still brought to the admin.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { adminOf, held, workerOf } from "./workers.mjs";
import { ManualClock, RestartPolicy } from "../dist/index.js";

const turn = () => new Promise(setImmediate);

/** A runForever whose stream was lost in the middle of a job, and that does not try again by itself. */
async function lostAtWork(t, options = {}) {
  const admin = await adminOf(t);
  const work = held();
  let tried;
  const isPaused = new Promise(resolve => (tried = resolve));
  class Once extends RestartPolicy {
    delayAtWork() {
      tried();
      return 3_600_000;
    }
  }
  const errors = [];
  const worker = workerOf(t, { address: admin.address, logger: { info() {}, warn() {}, error: text => errors.push(text) }, ...options }, work);
  const canceled = new AbortController();
  const running = worker.runForever(new Once(), { signal: canceled.signal });
  running.catch(() => {});
  const stream = await admin.stream();
  stream.accept();
  stream.execute("held");
  await stream.next("acknowledge");
  stream.drop();
  await isPaused;
  const signal = work.begun.get("job-1").context.signal;
  return { admin, work, worker, running, canceled, errors, signal };
}

test("a stop between two tries still brings the result home, and takes no new work", async t => {
  const { admin, work, worker, running } = await lostAtWork(t);
  work.release("job-1");
  await turn();
  const ends = [];
  const stopping = worker.stop().then(() => ends.push("stopped"));
  running.then(() => ends.push("ran"));
  const again = await admin.stream();
  again.accept();
  const done = await again.next("job_completed");
  assert.deepEqual([done.request_id, done.success], ["r-job-1", true]);
  again.execute("held", {}, { id: "job-2" });
  assert.equal((await again.next("acknowledge")).message, "executor is at capacity");
  assert.deepEqual(ends, []);
  again.send({ job_completed_ack: { request_id: done.request_id, job_id: done.job_id } });
  await stopping;
  assert.equal((await running).reason, "StopRequested");
  assert.deepEqual(worker.closed.map(([, generation]) => generation), [1, 2]);
});

test("an aborted signal between two tries lets work end and brings its result home", async t => {
  const { admin, work, running, canceled } = await lostAtWork(t);
  canceled.abort();
  const again = (await admin.stream()).ackAll();
  assert.deepEqual(again.hello.running_work.map(({ request_id }) => request_id), ["r-job-1"]);
  again.accept();
  await again.next(message => message.heartbeat?.metadata.draining === "true", "a heartbeat that says it drains");
  work.release("job-1");
  assert.equal((await again.next("job_completed")).success, true);
  await assert.rejects(running, { name: "AbortError" });
});

test("a stop while it dials brings the result home when the admin is back", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.runForever({ jitter: () => 0.5, longestDelayAtWork: 1 });
  const stream = await admin.stream();
  stream.accept();
  stream.execute("held");
  await stream.next("acknowledge");
  stream.drop();
  await admin.stream(); // The dial hangs.
  work.release("job-1");
  await turn();
  let stopped = false;
  const stopping = worker.stop().then(() => (stopped = true));
  for (let tries = 0; tries < 3; tries++) (await admin.stream()).drop();
  assert.equal(stopped, false);
  const again = (await admin.stream()).ackAll();
  again.accept();
  assert.equal((await again.next("job_completed")).success, true);
  await stopping;
  assert.equal((await running).reason, "StopRequested");
});

test("a start by somebody else while a stop dials on takes the results along, and new work", async t => {
  const { admin, work, worker, running } = await lostAtWork(t);
  work.release("job-1");
  await turn();
  const stopping = worker.stop({ grace: 3_600_000 });
  (await admin.stream()).drop();
  while (worker.state !== "Stopped") await turn();
  const starting = worker.start();
  const again = (await admin.stream()).ackAll();
  again.accept();
  await starting;
  await again.next("job_completed");
  again.execute("held", {}, { id: "job-2" });
  assert.equal((await again.next("acknowledge")).accepted, true);
  await worker.stop({ drain: false });
  await stopping;
  assert.equal((await running).reason, "StopRequested");
});

test("a stop in the middle of which the stream is lost brings the result home", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.runForever();
  const stream = await admin.stream();
  stream.accept();
  stream.execute("held");
  await stream.next("acknowledge");
  work.release("job-1");
  await stream.next("job_completed");
  const stopping = worker.stop();
  await stream.next(message => message.heartbeat?.metadata.draining === "true", "a heartbeat that says it drains");
  stream.drop(grpc.status.UNAVAILABLE);
  const again = (await admin.stream()).ackAll();
  again.accept();
  await again.next("job_completed");
  await stopping;
  assert.equal((await running).reason, "StopRequested");
});

test("work whose stream is lost in the middle of a stop ends in the next session", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.runForever({ longestDelayAtWork: 1 });
  const stream = await admin.stream();
  stream.accept();
  stream.execute("held");
  await stream.next("acknowledge");
  const stopping = worker.stop();
  await stream.next(message => message.heartbeat?.metadata.draining === "true", "a heartbeat that says it drains");
  stream.drop();
  const again = (await admin.stream()).ackAll();
  assert.deepEqual(again.hello.running_work.map(({ request_id }) => request_id), ["r-job-1"]);
  again.accept();
  work.release("job-1");
  assert.equal((await again.next("job_completed")).success, true);
  await stopping;
  assert.equal((await running).reason, "StopRequested");
});

test("a stop gives results up at its limit, and says so", async t => {
  const { admin, work, worker, running, errors } = await lostAtWork(t);
  work.release("job-1");
  await turn();
  admin.close();
  await worker.stop({ grace: 300 });
  assert.deepEqual(errors, ["the admin did not come back in time for the stop; results not delivered: 1, attempts cancelled: 0"]);
  assert.equal((await running).reason, "StopRequested");
});

test("a stop that does not drain gives work up at once between two tries, also while another one waits", async t => {
  const { admin, worker, running, signal } = await lostAtWork(t);
  admin.close();
  const stopping = worker.stop({ grace: 3_600_000 });
  await worker.stop({ drain: false });
  await stopping;
  assert.deepEqual([(await running).reason, signal.aborted], ["StopRequested", true]);
});

test("a stop waits 5 s for the admin's word, and no longer", async t => {
  const clock = new ManualClock();
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address, clock }, work);
  const starting = worker.start();
  const stream = await admin.stream();
  stream.accept();
  await starting;
  stream.execute("held");
  await stream.next("acknowledge");
  work.release("job-1");
  await stream.next("job_completed");
  let stopped = false;
  const stopping = worker.stop().then(() => (stopped = true));
  await clock.advance(200);
  await stream.next(message => message.heartbeat?.metadata.draining === "true", "a heartbeat that says it drains");
  await clock.advance(4799);
  await stream.settle();
  assert.deepEqual([stopped, stream.ended], [false, false]);
  await clock.advance(1);
  await stopping;
});
