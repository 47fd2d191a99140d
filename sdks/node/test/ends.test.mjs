// What an end of a session means, and what a stream takes with it.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { adminOf, echo, foreign, handler, held, served, workerOf } from "./workers.mjs";
import { JobOutcome, ManualClock, RestartPolicy, exitCode } from "../dist/index.js";

test("a refusal for good in mid-session is told as such, and not dialled again", async t => {
  for (const code of ["UNAUTHENTICATED", "PERMISSION_DENIED", "FAILED_PRECONDITION"]) {
    const { worker, stream } = await served(t, {}, {}, echo);
    const ended = worker.wait();
    stream.drop(grpc.status[code], "go away");
    const { reason, permanent, text } = await ended;
    assert.deepEqual([reason, permanent, text], ["Rejected", true, "go away"], code);
  }
  for (const [message, permanent] of [["permanent: never", true], ["not now", false]]) {
    const { worker, stream } = await served(t, {}, {}, echo);
    const ended = worker.wait();
    stream.accept({ accepted: false, message });
    const result = await ended;
    assert.deepEqual([result.reason, result.permanent], ["Rejected", permanent]);
  }
  const lost = await served(t, {}, {}, echo);
  const ended = lost.worker.wait();
  lost.stream.drop();
  assert.deepEqual([(await ended).permanent, exitCode({ reason: "Rejected", permanent: true }), exitCode({ reason: "Rejected", permanent: false })], [false, 77, 69]);
});

test("a refusal for good ends the work at once, whatever was agreed on", async t => {
  const work = held();
  const { worker, stream } = await served(t, {}, {}, work);
  stream.execute("held");
  await stream.next("acknowledge");
  const ended = worker.wait();
  stream.drop(grpc.status.PERMISSION_DENIED, "go away");
  await ended;
  assert.equal(work.begun.get("job-1").context.signal.aborted, true);
});

test("work is kept after a loss alone, not when the worker is replaced or not understood", async t => {
  for (const [code, aborted] of [["ABORTED", true], ["INVALID_ARGUMENT", true], ["UNAVAILABLE", false]]) {
    const work = Object.assign(held(), { idempotent: true });
    const { worker, stream } = await served(t, { keepWork: true }, foreign, work);
    stream.execute("held");
    await stream.next("acknowledge");
    const ended = worker.wait();
    stream.drop(grpc.status[code]);
    await ended;
    assert.equal(work.begun.get("job-1").context.signal.aborted, aborted, code);
  }
});

test("a stop that joins the admin's shutdown leaves it its reason", async t => {
  const work = held();
  const { worker, stream } = await served(t, {}, {}, work);
  stream.ackAll().execute("held");
  await stream.next("acknowledge");
  const ended = worker.wait();
  stream.send({ request_id: "s", shutdown: { reason: "update", grace_period_seconds: 30 } });
  await stream.next("acknowledge");
  assert.equal(worker.state, "Stopping");
  const stopping = worker.stop();
  work.release("job-1");
  await stopping;
  assert.deepEqual([(await ended).reason, (await ended).text], ["AdminShutdown", "update"]);
});

test("runForever ends with a refusal for good in mid-session", async t => {
  const admin = await adminOf(t, { onStream: stream => (stream.accept(), stream.drop(grpc.status.PERMISSION_DENIED, "go away")) });
  const { reason, permanent } = await workerOf(t, { address: admin.address }).runForever({ longestDelay: 1 });
  assert.deepEqual([reason, permanent], ["Rejected", true]);
});

test("a pause is never longer than the longest, whatever the jitter", () => {
  const policy = new RestartPolicy({ jitter: () => 1 });
  assert.deepEqual([3, 9].map(tries => Math.round(policy.delay(tries, 5000))), [24_000, 30_000]);
  assert.equal(Math.round(new RestartPolicy({ jitter: () => 1, longestDelay: 1000 }).delayAtWork(9)), 1000);
});

test("a detection leaves no listeners at its signal", async t => {
  const counts = [];
  let release;
  const find = handler("find", {
    async *detect(context) {
      counts.push(getEventListeners(context.signal, "abort").length);
      if (counts.length === 1) await new Promise(resolve => (release = resolve));
      for (let n = 0; n < 5000; n++) yield { id: `p-${n}` };
      counts.push(getEventListeners(context.signal, "abort").length);
    },
  });
  const { stream } = await served(t, {}, {}, find);
  for (const id of ["d-1", "d-2"]) stream.send({ request_id: id, run_detection_request: { job_type: "find" } });
  await stream.until(messages => messages.filter(message => message.acknowledge).length === 2, "two acknowledges");
  await stream.settle();
  release();
  for (const id of ["d-1", "d-2"]) assert.equal((await stream.next("detection_complete")).request_id, id);
  assert.deepEqual(counts, [counts[0], counts[0], counts[0], counts[0]]);
});

test("what a detection finds while the stream is away, and its end, wait for the next one", async t => {
  let goOn;
  const find = handler("find", {
    async *detect() {
      for (let n = 0; n < 600; n++) {
        yield { id: `p-${n}` };
        if (n === 510) await new Promise(resolve => (goOn = resolve));
      }
    },
  });
  const { admin, worker, stream } = await served(t, {}, {}, find);
  stream.send({ request_id: "d", run_detection_request: { job_type: "find" } });
  assert.equal((await stream.next("detection_proposals")).proposals.length, 500);
  await stream.settle();
  const lost = worker.wait();
  stream.drop();
  await lost;
  goOn();
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work.map(({ request_id, kind }) => [request_id, kind]), [["d", "WORK_KIND_DETECTION"]]);
  second.accept();
  await starting;
  const complete = await second.next("detection_complete");
  assert.deepEqual([complete.success, complete.total_proposals, second.all("detection_proposals").map(batch => batch.proposals.length)], [true, 600, [100]]);
});

test("a detection whose stream stays away is cancelled with the window, and counts what was sent", async t => {
  let goOn;
  let context;
  const find = handler("find", { async *detect(given) { context = given; await new Promise(resolve => (goOn = resolve)); yield { id: "p" }; } });
  const { admin, worker, stream } = await served(t, { resumeWindow: 20 }, {}, find);
  stream.send({ request_id: "d", run_detection_request: { job_type: "find" } });
  await stream.next("acknowledge");
  await stream.settle();
  const lost = worker.wait();
  stream.drop();
  await lost;
  await new Promise(resolve => (context.signal.aborted ? resolve() : context.signal.addEventListener("abort", resolve, { once: true })));
  goOn();
  await new Promise(setImmediate);
  const starting = worker.start();
  const second = await admin.stream();
  assert.deepEqual(second.hello.running_work, []);
  second.accept();
  await starting;
  await second.settle();
  assert.deepEqual([second.all("detection_complete"), second.all("detection_proposals")], [[], []]);
});

for (const takes of [true, false]) {
  test(`a claim on its way when the window ends is decided by the admin, who ${takes ? "takes it" : "is gone"}`, async t => {
    const clock = new ManualClock();
    const work = held();
    const { admin, worker, stream } = await served(t, { clock, resumeWindow: 2000 }, {}, work);
    stream.execute("held");
    await stream.next("acknowledge");
    const { signal } = work.begun.get("job-1").context;
    const lost = worker.wait();
    stream.drop();
    await lost;
    const starting = worker.start();
    const second = await admin.stream();
    assert.equal(second.hello.running_work.length, 1);
    await clock.advance(3000);
    assert.equal(signal.aborted, false);
    if (takes) {
      second.accept();
      await starting;
      work.release("job-1");
      assert.equal((await second.next("job_completed")).success, true);
    } else {
      second.drop();
      await assert.rejects(starting);
      await new Promise(setImmediate);
      assert.equal(signal.aborted, true);
    }
  });
}

test("a proposal of more than 1 MiB is not sent, and told of", async t => {
  const find = handler("find", { async *detect() { yield { id: "small" }; yield { id: "large", detail: "x".repeat(2 ** 20) }; yield { id: "other" }; } });
  const { stream } = await served(t, {}, {}, find);
  stream.send({ request_id: "d", run_detection_request: { job_type: "find" } });
  const complete = await stream.next("detection_complete");
  const sent = stream.all("detection_proposals").flatMap(batch => batch.proposals.map(proposal => proposal.proposal_id));
  assert.deepEqual([complete.success, complete.total_proposals, sent], [true, 2, ["small", "other"]]);
  assert.match(stream.all("job_progress_update").flatMap(update => update.activities).map(activity => activity.message).join(), /the proposal large has \d+ bytes; 1 MiB is the most/);
});
