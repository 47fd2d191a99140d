import assert from "node:assert/strict";
import { test } from "node:test";
import { adminOf, echo, foreign, handler, held, served, workerOf } from "./workers.mjs";
import { JobOutcome, ManualClock, RestartPolicy } from "../dist/index.js";

test("work outlives a lost stream with resume: it is claimed, goes on, and is reported once", async t => {
  const work = held();
  const { admin, worker, stream } = await served(t, {}, {}, work);
  stream.execute("held");
  await stream.next("acknowledge");
  void work.begun.get("job-1").context.writeLine("before");
  await stream.next("job_log");
  const lost = worker.wait();
  stream.drop();
  await lost;
  assert.equal(work.begun.get("job-1").context.signal.aborted, false);
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work.map(({ work_id, request_id, kind }) => [work_id, request_id, kind]), [["job-1", "r-job-1", "WORK_KIND_EXECUTION"]]);
  second.accept();
  await starting;
  void work.begun.get("job-1").context.writeLine("after");
  work.release("job-1");
  const { request_id, success } = await second.next("job_completed");
  assert.deepEqual([request_id, success], ["r-job-1", true]);
  const log = Buffer.alloc(13);
  for (const chunk of second.all("job_log")) chunk.data.copy(log, Number(chunk.offset));
  assert.equal(log.toString(), "before\nafter\n");
});

test("an attempt that ends while the stream is away is claimed, and its last words come before its result", async t => {
  const work = held();
  const { admin, worker, stream } = await served(t, {}, {}, work);
  stream.execute("held");
  await stream.next("acknowledge");
  const { context } = work.begun.get("job-1");
  void context.writeLine("first");
  await stream.next("job_log");
  const lost = worker.wait();
  stream.drop();
  await lost;
  void context.writeLine("last");
  work.release("job-1");
  await new Promise(setImmediate);
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work.map(({ request_id }) => request_id), ["r-job-1"]);
  second.accept();
  await starting;
  await second.next("job_completed");
  const log = Buffer.alloc(11);
  for (const chunk of second.all("job_log")) chunk.data.copy(log, Number(chunk.offset));
  assert.equal(log.toString(), "first\nlast\n");
});

test("a loss at work is dialled soon, another one after what the admin asked for", async t => {
  const asked = [];
  class Recorded extends RestartPolicy {
    delay(tries, first) {
      asked.push(["idle", tries, first]);
      return 0;
    }
    delayAtWork(tries) {
      asked.push(["at work", tries]);
      return 0;
    }
  }
  const work = held();
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.runForever(new Recorded());
  const first = await admin.stream();
  first.accept({ reconnect_delay_seconds: 7 });
  first.execute("held");
  await first.next("acknowledge");
  first.drop();
  const second = (await admin.stream()).ackAll();
  second.accept({ reconnect_delay_seconds: 7 });
  work.release("job-1");
  await second.next("job_completed");
  await second.settle();
  second.drop();
  const third = await admin.stream();
  third.accept();
  await third.next("heartbeat");
  await worker.stop();
  assert.equal((await running).reason, "StopRequested");
  assert.deepEqual(asked, [["at work", 1], ["idle", 1, 7000]]);
});

test("who does not come back within the window has lost the lease", async t => {
  const clock = new ManualClock();
  const work = held();
  const { admin, worker, stream } = await served(t, { clock }, {}, work);
  stream.execute("held");
  await stream.next("acknowledge");
  const lost = worker.wait();
  stream.drop();
  await lost;
  await clock.advance(15_000);
  assert.equal(work.begun.get("job-1").context.signal.aborted, true);
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work, []);
  second.accept();
  await starting;
  const late = await second.next("job_completed");
  assert.deepEqual([late.success, late.error_message, late.result.output_values.late_report.bool_value], [false, "context canceled", true]);
});

test("nothing is kept once the window is over", async t => {
  const clock = new ManualClock();
  const work = Object.assign(held(), { idempotent: true });
  const { worker, stream } = await served(t, { clock, keepWork: true }, {}, work);
  stream.execute("held");
  await stream.next("acknowledge");
  const lost = worker.wait();
  stream.drop();
  await lost;
  await clock.advance(15_000);
  assert.equal(work.begun.get("job-1").context.signal.aborted, true);
});

test("a stop after a loss gives the work up, and waits for its end", async t => {
  let end;
  const work = handler("slow", {
    execute: context => new Promise(resolve => context.signal.addEventListener("abort", () => (end = () => resolve(JobOutcome.canceled())), { once: true })),
  });
  const { admin, worker, stream } = await served(t, {}, {}, work);
  stream.execute("slow");
  await stream.next("acknowledge");
  const lost = worker.wait();
  stream.drop();
  await lost;
  let stopped = false;
  const stopping = worker.stop().then(() => (stopped = true));
  await new Promise(setImmediate);
  assert.deepEqual([typeof end, stopped], ["function", false]);
  end();
  await stopping;
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work, []);
  second.accept();
  await starting;
  assert.equal((await second.next("job_completed")).result.output_values.late_report.bool_value, true);
});

test("without resume work is cancelled at once, and nothing is claimed", async t => {
  const work = held();
  const safe = Object.assign(held("safe"), { idempotent: true });
  const { admin, worker, stream } = await served(t, { keepWork: true }, foreign, work, safe);
  stream.execute("held", {}, { id: "a" });
  stream.execute("safe", {}, { id: "b" });
  await stream.until(messages => messages.filter(message => message.acknowledge).length === 2, "two acknowledges");
  const lost = worker.wait();
  stream.drop();
  await lost;
  assert.deepEqual([work.begun.get("a").context.signal.aborted, safe.begun.get("b").context.signal.aborted], [true, false]);
  safe.release("b");
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work, []);
  second.accept(foreign);
  await starting;
  const late = await second.next("job_completed");
  assert.deepEqual([late.job_id, late.success, late.result.output_values.late_report?.bool_value], ["b", true, true]);
});

test("a late failure stays of its class", async t => {
  const ends = new Map();
  const safe = handler("safe", { idempotent: true, execute: context => new Promise(resolve => ends.set(context.jobId, resolve)) });
  const { admin, worker, stream } = await served(t, { keepWork: true }, foreign, safe);
  for (const id of ["for good", "for now"]) stream.execute("safe", {}, { id });
  await stream.until(messages => messages.filter(message => message.acknowledge).length === 2, "two acknowledges");
  const lost = worker.wait();
  stream.drop();
  await lost;
  for (const [id, end] of ends) end(JobOutcome.failed("no", { permanent: id === "for good", outputs: { tries: 3 } }));
  const starting = worker.start();
  const second = await admin.stream();
  second.accept(foreign);
  await starting;
  for (const [id, expected] of [["for good", "permanent"], ["for now", "transient"]]) {
    const late = await second.next("job_completed");
    const { error_class, late_report, tries } = late.result.output_values;
    assert.deepEqual([late.job_id, late.error_message, error_class.string_value, late_report.bool_value, tries.int64_value], [id, "no", expected, true, "3"]);
  }
});

test("what was cancelled because its stream was lost is not told to the next one of an admin that never acknowledges", async t => {
  let end;
  const slow = handler("slow", {
    execute: context => new Promise((resolve, reject) => context.signal.addEventListener("abort", () => (end = () => reject(context.signal.reason)), { once: true })),
  });
  const { admin, worker, stream } = await served(t, {}, foreign, slow, echo);
  stream.execute("slow");
  await stream.next("acknowledge");
  const lost = worker.wait();
  stream.drop();
  await lost;
  assert.equal(typeof end, "function");
  const starting = worker.start();
  const second = await admin.stream();
  second.accept(foreign);
  await starting;
  end();
  second.execute("echo", {}, { id: "job-2" });
  await second.next(message => message.job_completed?.job_id === "job-2");
  await second.next(message => message.heartbeat?.running_work.length === 0);
  await worker.stop();
  assert.deepEqual(second.all("job_completed").map(({ job_id }) => job_id), ["job-2"]);
});

test("a result is sent after every start until it is acknowledged, then never again", async t => {
  const { admin, worker, stream } = await served(t, {}, {}, echo);
  stream.execute("echo");
  await stream.next("job_completed");
  for (let round = 0; round < 2; round++) {
    const lost = worker.wait();
    (round === 0 ? stream : admin.last).drop();
    await lost;
    const starting = worker.start();
    admin.last = await admin.stream();
    admin.last.accept();
    await starting;
    assert.equal((await admin.last.next("job_completed")).request_id, "r-job-1");
  }
  admin.last.send({ job_completed_ack: { request_id: "r-job-1", job_id: "job-1" } });
  await admin.last.settle();
  await worker.stop();
  const starting = worker.start();
  const fourth = await admin.stream();
  fourth.accept();
  await starting;
  await fourth.settle();
  assert.deepEqual(fourth.all("job_completed"), []);
});

test("a foreign admin never sees what it did not agree to", async t => {
  const talk = handler("talk", { execute: async context => (await context.writeLine("hello"), context.report({ percent: 50 }), JobOutcome.succeeded()) });
  const work = held();
  const { admin, worker, stream } = await served(t, {}, foreign, talk, work);
  stream.execute("talk");
  stream.execute("held", {}, { id: "job-2" });
  await stream.next("job_completed");
  await stream.next(message => message.heartbeat?.running_work.length === 1);
  const lost = worker.wait();
  stream.drop();
  await lost;
  const starting = worker.start();
  const second = await admin.stream();
  second.accept(foreign);
  await starting;
  await second.next("heartbeat");
  for (const message of [...stream.messages, ...second.messages]) {
    assert.ok(!["job_log", "pong"].includes(message.body));
    for (const running of [...(message.hello?.running_work ?? []), ...(message.heartbeat?.running_work ?? [])]) assert.equal(running.request_id, "");
  }
  assert.deepEqual(second.hello.running_work, []);
});
