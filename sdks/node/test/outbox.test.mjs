// The one writer of a session, on a stream that nobody reads and a clock that stands still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt } from "../dist/attempt.js";
import { ManualClock } from "../dist/clock.js";
import { LogRing } from "../dist/log-ring.js";
import { Outbox } from "../dist/outbox.js";

/** A box of which one message is on its way; the stream takes the next when the test says so. */
async function unread(queued) {
  const clock = new ManualClock();
  const told = [];
  const under = [];
  const call = { write: (_, left) => (under.push(left), false), end() {} };
  const box = new Outbox(call, clock, { running: [] }, () => Buffer.alloc(1), { sendsOutput: () => false, stuck: () => told.push("stuck"), written() {}, crowded: full => told.push(full) });
  const pumping = box.pump();
  const add = () => box.add({ acknowledge: { request_id: "r", accepted: true, message: "" } });
  add();
  await clock.advance(0);
  for (let n = 0; n < queued; n++) add();
  const take = async count => {
    for (; count > 0; count--) {
      under.shift()();
      await clock.advance(0);
    }
  };
  return { clock, told, take, stop: () => (box.stop(), pumping) };
}

test("a queue that is full for 30 s ends the session, and no request is read meanwhile", async () => {
  const { clock, told, stop } = await unread(256);
  assert.deepEqual(told, [true]);
  await clock.advance(29_999);
  assert.deepEqual(told, [true]);
  await clock.advance(1);
  assert.deepEqual(told, [true, "stuck"]);
  await stop();
});

test("a queue that is not full, or has room again, may take its time", async () => {
  const almost = await unread(255);
  await almost.clock.advance(3_600_000);
  assert.deepEqual(almost.told, []);
  await almost.stop();
  const moving = await unread(256);
  await moving.clock.advance(29_000);
  await moving.take(129);
  await moving.clock.advance(3_600_000);
  assert.deepEqual(moving.told, [true, false]);
  await moving.stop();
});

test("output that nobody takes holds work up for 5 s, then no longer until it is taken again", async () => {
  const clock = new ManualClock();
  const attempt = new Attempt("r", "j", "t", false, true, clock, () => {}, {});
  const goesOn = async () => {
    let done = false;
    attempt.output("stdout", Buffer.alloc(LogRing.capacity)).then(() => (done = true));
    await clock.advance(0);
    return () => done;
  };
  assert.equal((await goesOn())(), true);
  const waiting = await goesOn();
  await clock.advance(4999);
  assert.equal(waiting(), false);
  await clock.advance(1);
  assert.deepEqual([waiting(), (await goesOn())()], [true, true]);
  while (attempt.takeLog());
  assert.deepEqual([(await goesOn())(), (await goesOn())()], [true, false]);
  attempt.close();
});

test("output of the stream that is further behind is taken first: none of the two holds up the other", async () => {
  const attempt = new Attempt("r", "j", "t", false, true, new ManualClock(), () => {}, {});
  attempt.output("stdout", Buffer.alloc(3 * LogRing.chunkSize));
  attempt.output("stderr", Buffer.alloc(2 * LogRing.chunkSize));
  const taken = [];
  for (let next; (next = attempt.takeLog()); ) taken.push(next.job_log.stream.slice("LOG_STREAM_".length));
  assert.deepEqual(taken, ["STDOUT", "STDOUT", "STDERR", "STDOUT", "STDERR"]);
  attempt.close();
});

test("a handler that only writes leaves the thread to others now and then, also when nobody takes its output", async () => {
  for (const keepsOutput of [true, false]) {
    const attempt = new Attempt("r", "j", "t", false, keepsOutput, new ManualClock(), () => attempt.takeLog(), {});
    let turns = 0;
    let isOver = false;
    const others = () => isOver || (turns++, setImmediate(others));
    setImmediate(others);
    for (let n = 0; n < 64; n++) await attempt.output("stdout", Buffer.alloc(LogRing.chunkSize));
    isOver = true;
    assert.ok(turns >= 4, `${turns} turns while 2 MiB were written`);
  }
});
