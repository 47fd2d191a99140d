import assert from "node:assert/strict";
import { test } from "node:test";
import { Attempt } from "../dist/attempt.js";
import { DetectionRun } from "../dist/detection.js";
import { ManualClock } from "../dist/index.js";

/** A detection of so many batches and one proposal more, for an admin that reads nothing until it is told to. */
function unread(batches) {
  const clock = new ManualClock();
  const attempt = new Attempt("d", "d", "t", true, false, clock, () => {}, {});
  const made = [];
  const sent = [];
  let read;
  const reads = new Promise(resolve => (read = resolve));
  const send = async ({ detection_proposals: { proposals, has_more } }) => {
    await reads;
    sent.push([proposals.length, has_more]);
  };
  const detect = function* () {
    for (let n = 0; n < batches * 500 + 1; n++) {
      made.push(n);
      yield { id: `p-${n}` };
    }
  };
  const run = new DetectionRun({ request_id: "d", job_type: "t", max_results: 0 }, attempt, send, clock);
  return { clock, attempt, made, sent, read, run, collecting: run.collect({ detect }, undefined, "w", false) };
}

test("a detector is held up for 5 s by an admin that takes nothing, and what it found is sent in the end", async () => {
  const { clock, made, sent, read, run, collecting } = unread(2);
  await clock.advance(4999);
  assert.equal(made.length, 501);
  await clock.advance(1);
  assert.equal(made.length, 1001);
  await clock.advance(5000);
  read();
  await collecting;
  assert.deepEqual([sent, run.sent], [[[500, true], [500, true], [1, false]], 1001]);
});

test("no more than 16 batches wait for an admin that takes nothing", async () => {
  const { clock, made, collecting } = unread(17);
  const failing = assert.rejects(collecting, /^Error: the admin takes no proposals: 16 batches of them wait$/);
  await clock.advance(17 * 5000);
  await failing;
  assert.equal(made.length, 17 * 500 + 1);
});

test("a cancel lets a detector go that is held up", async () => {
  const { clock, attempt, collecting } = unread(1);
  const failing = assert.rejects(collecting, { name: "AbortError" });
  await clock.advance(0);
  attempt.cancel.abort();
  await failing;
});
