import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { echo, foreign, handler, held, served } from "./workers.mjs";
import { DescriptorBuilder, JobOutcome, ManualClock } from "../dist/index.js";

test("all twelve kinds of values come back as they came", async t => {
  const { stream } = await served(t, {}, {}, echo);
  const parameters = {
    a: { bool_value: false }, b: { int64_value: "9223372036854775807" }, c: { double_value: 3 }, d: { string_value: "" }, e: { bytes_value: Buffer.from([0, 255]) },
    f: { duration_value: { seconds: "-3", nanos: -500 } }, g: { string_list: { values: ["x", ""] } }, h: { int64_list: { values: ["-9223372036854775808", "1"] } },
    i: { double_list: { values: [0.5] } }, j: { bool_list: { values: [true] } }, k: { list_value: { values: [{ int64_value: "1" }] } }, l: { map_value: { fields: { m: { string_value: "n" } } } },
  };
  stream.execute("echo", parameters);
  const completed = await stream.next("job_completed");
  const bare = value => JSON.parse(JSON.stringify(value, (key, inner) => (key === "kind" ? undefined : inner)));
  assert.deepEqual(bare(completed.result.output_values), bare(parameters));
  assert.ok(Number(completed.completed_at.seconds) > 0);
  assert.deepEqual([completed.job_type, completed.job_id, completed.request_id], ["echo", "job-1", "r-job-1"]);
});

test("failures and exceptions are told, and never end anything else", async t => {
  const fail = handler("fail", { execute: () => JobOutcome.failed("too bad", { permanent: true }) });
  const fling = handler("fling", { execute: () => { throw new RangeError("x".repeat(20_000)); } });
  const nothing = handler("nothing", { execute: () => undefined });
  const unsendable = handler("unsendable", { execute: () => JobOutcome.succeeded("", { when: null }) });
  const strict = handler("strict", { validate: () => "not with these values", execute: () => JobOutcome.succeeded() });
  const slow = handler("slow", { validate: () => new Promise(() => {}), execute: () => JobOutcome.succeeded() });
  const odd = handler("odd", { execute: () => JobOutcome.failed(new Error("an object")) });
  const { stream } = await served(t, { requestTimeout: 100 }, {}, fail, fling, nothing, unsendable, strict, slow, odd);
  const outcome = async jobType => {
    stream.execute(jobType, {}, { id: jobType });
    const { success, error_message, result } = await stream.next("job_completed");
    return [success, error_message, result.output_values.error_class?.string_value];
  };
  assert.deepEqual(await outcome("fail"), [false, "too bad", "permanent"]);
  assert.deepEqual(await outcome("fling"), [false, `RangeError: ${"x".repeat(16 * 1024 - 12)}`, "transient"]);
  assert.deepEqual(await outcome("nothing"), [false, "the handler returned no outcome", "permanent"]);
  assert.deepEqual(await outcome("unsendable"), [false, "TypeError: null is no value of the protocol", "transient"]);
  assert.deepEqual(await outcome("strict"), [false, "not with these values", "permanent"]);
  assert.deepEqual(await outcome("slow"), [false, "Error: validate takes longer than 0.1 s", "transient"]);
  assert.deepEqual(await outcome("odd"), [false, "Error: an object", "transient"]);
  assert.deepEqual(await outcome("unknown"), [false, "job type unknown is not handled by this worker", "permanent"]);
});

test("a job without a free slot is refused in the words of either admin", async t => {
  for (const [hello, isOurs] of [[{}, true], [foreign, false]]) {
    const work = held();
    const { stream, worker } = await served(t, { executionSlots: 1 }, hello, work);
    stream.execute("held", {}, { id: "a" });
    await stream.next("acknowledge");
    stream.execute("held", {}, { id: "b" });
    const refusal = await stream.next(message => (message.acknowledge ?? message.job_completed)?.request_id === "r-b");
    if (isOurs) assert.deepEqual(refusal, { request_id: "r-b", accepted: false, message: "executor is at capacity" });
    else assert.deepEqual([refusal.success, refusal.error_message, refusal.job_type], [false, "executor is at capacity", "held"]);
    await worker.stop({ drain: false });
  }
});

test("a newer attempt of a job cancels the older one and waits for its end", async t => {
  let running = 0;
  let most = 0;
  const slow = handler("slow", {
    execute: async context => {
      most = Math.max(most, ++running);
      // Stops a while after it was told to, or by itself in the newest attempt.
      await pause(context.requestId === "r-3" ? 0 : 60_000, undefined, { signal: context.signal }).catch(() => pause(30));
      running--;
      context.signal.throwIfAborted();
      return JobOutcome.succeeded("done");
    },
  });
  const { stream } = await served(t, {}, foreign, slow);
  for (const request of ["r-1", "r-2", "r-3"]) {
    stream.execute("slow", {}, { request });
    if (request === "r-1") await stream.next(message => message.heartbeat?.execution_slots_used === 1);
  }
  await stream.until(messages => messages.filter(message => message.body === "job_completed").length === 3, "three completions");
  const outcomes = Object.fromEntries(stream.all("job_completed").map(({ request_id, success }) => [request_id, success]));
  assert.deepEqual([outcomes, most], [{ "r-1": false, "r-2": false, "r-3": true }, 1]);
});

test("cancels are acknowledged and obeyed, by request and by job", async t => {
  const work = held();
  const { stream } = await served(t, {}, {}, work);
  const cancel = async (target, id) => {
    stream.send({ request_id: id, cancel_request: { target_id: target } });
    const { accepted, message } = await stream.next(answer => answer.acknowledge?.request_id === id);
    return [accepted, message];
  };
  assert.deepEqual(await cancel("", "c-1"), [false, "cancel target is required"]);
  assert.deepEqual(await cancel("nobody", "c-2"), [false, "cancel target not found"]);
  for (const [id, target] of [["a", "r-a"], ["b", "b"]]) {
    stream.execute("held", {}, { id });
    await stream.next("acknowledge");
    assert.deepEqual(await cancel(target, `c-${id}`), [true, "cancel request accepted"]);
    const { success, error_message } = await stream.next("job_completed");
    assert.deepEqual([success, error_message], [false, "context canceled"]);
  }
});

test("a canceled outcome begins with the words of the protocol, also when it has them further on", () => {
  for (const [text, told] of [["no longer wanted", "context canceled: no longer wanted"], ["Context canceled.", "Context canceled."], ["kubectl: context canceled", "context canceled: kubectl: context canceled"]]) {
    assert.equal(JobOutcome.canceled(text).text, told);
  }
});

test("a forced cancel drops the result and keeps the slot until the handler returns", async t => {
  let release;
  const stubborn = handler("stubborn", { execute: () => new Promise(resolve => (release = () => resolve(JobOutcome.succeeded("late")))) });
  const { stream } = await served(t, {}, {}, stubborn);
  stream.execute("stubborn");
  await stream.next(message => message.heartbeat?.execution_slots_used === 1);
  stream.send({ request_id: "c", cancel_request: { target_id: "job-1", force: true } });
  await stream.next(message => message.acknowledge?.request_id === "c");
  await stream.settle();
  assert.equal(stream.all("heartbeat").at(-1).execution_slots_used, 1);
  release();
  await stream.next(message => message.heartbeat?.execution_slots_used === 0);
  assert.deepEqual(stream.all("job_completed"), []);
});

test("an attempt's time is over when our admin says so, however long that is", async t => {
  const clock = new ManualClock();
  const work = held();
  const deaf = handler("deaf", { execute: () => new Promise(resolve => work.begun.set("deaf", resolve)) });
  const { stream, worker } = await served(t, { clock, cancelGrace: 10_000 }, {}, work, deaf);
  const runtime = seconds => ({ admin_runtime: { execution_timeout_seconds: seconds } });
  stream.execute("held", {}, { id: "short", ...runtime(60) });
  stream.execute("deaf", {}, { id: "deaf", ...runtime(61) });
  stream.execute("held", {}, { id: "long", ...runtime(2147483647) });
  await stream.until(messages => messages.filter(message => message.acknowledge).length === 3, "three acknowledges");
  assert.equal(work.begun.get("short").context.deadline.getTime(), clock.now() + 60_000);
  await clock.advance(60_000);
  assert.equal((await stream.next("job_completed")).error_message, "timeout");
  await clock.advance(11_000);
  assert.deepEqual([(await stream.next("job_completed")).error_message, worker.state], ["timeout", "Running"]);
  assert.equal(work.begun.get("long").context.signal.aborted, false);
  work.begun.get("deaf")(JobOutcome.succeeded());
  work.release("long");
  assert.equal((await stream.next("job_completed")).success, true);
});

test("progress is one slot per attempt: the newest, four times a second at most, never falling", async t => {
  const clock = new ManualClock();
  let report;
  const chatty = handler("chatty", { execute: context => new Promise(resolve => ((report = context.report.bind(context)), (chatty.end = () => resolve(JobOutcome.succeeded())))) });
  const { stream } = await served(t, { clock }, {}, chatty);
  stream.execute("chatty");
  await stream.next("acknowledge");
  await stream.settle();
  for (let n = 0; n <= 2000; n++) report({ percent: n === 2000 ? -5 : n / 10, stage: "s", message: String(n), metrics: { n } });
  await clock.advance(1000);
  await stream.settle();
  const updates = stream.all("job_progress_update");
  assert.ok(updates.length <= 4, `${updates.length} updates`);
  const last = updates.at(-1);
  assert.deepEqual([last.message, last.progress_percent, last.state, last.metrics.n.int64_value], ["2000", 100, "JOB_STATE_RUNNING", "2000"]);
  report({ message: "the end" });
  chatty.end();
  await stream.next("job_completed");
  assert.equal(stream.all("job_progress_update").at(-1).message, "the end");
});

test("output arrives whole when its writer waits, in pieces of 32 KiB", async t => {
  const size = 2 * 1024 * 1024;
  const source = Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251));
  const talk = handler("talk", {
    execute: async context => {
      for (let at = 0; at < size; at += 50_000) await context.output("stdout", source.subarray(at, at + 50_000));
      await context.output("stderr", "oops");
      return JobOutcome.succeeded();
    },
  });
  const { stream } = await served(t, {}, {}, talk);
  stream.execute("talk");
  await stream.next("job_completed");
  const chunks = stream.all("job_log");
  assert.ok(chunks.every(chunk => chunk.data.length <= 32 * 1024));
  const out = chunks.filter(chunk => chunk.stream === "LOG_STREAM_STDOUT");
  let end = 0;
  for (const chunk of out) {
    assert.equal(Number(chunk.offset), end);
    end += chunk.data.length;
  }
  assert.ok(Buffer.concat(out.map(chunk => chunk.data)).equals(source));
  assert.equal(chunks.find(chunk => chunk.stream === "LOG_STREAM_STDERR").data.toString(), "oops");
});

test("proposals come in batches, no more than asked for", async t => {
  const find = handler("find", { async *detect() { for (let n = 0; n < 1200; n++) yield { id: `p-${n}`, parameters: { n } }; } });
  const { stream } = await served(t, {}, {}, find);
  stream.send({ request_id: "d-1", run_detection_request: { job_type: "find", max_results: 700 } });
  const complete = await stream.next("detection_complete");
  const batches = stream.all("detection_proposals");
  assert.deepEqual([batches.map(batch => batch.proposals.length), complete.total_proposals, complete.success, complete.request_id], [[500, 200], 700, true, "d-1"]);
  assert.deepEqual(batches.map(batch => batch.has_more), [true, true]);
});

test("as many proposals as were asked for may be fewer than there are, and the detector is asked for no more", async t => {
  let made = 0;
  const find = handler("find", { async *detect() { while (made < 3) yield { id: `p-${made++}` }; } });
  const { stream } = await served(t, {}, {}, find);
  stream.send({ request_id: "d-1", run_detection_request: { job_type: "find", max_results: 3 } });
  assert.deepEqual([(await stream.next("detection_proposals")).has_more, (await stream.next("detection_complete")).total_proposals, made], [true, 3, 3]);
  made = 0;
  stream.send({ request_id: "d-2", run_detection_request: { job_type: "find", max_results: 4 } });
  assert.equal((await stream.next("detection_proposals")).has_more, false);
});

test("detections wait for their slot and can be cancelled while they wait", async t => {
  const gates = new Map();
  const find = handler("find", { async *detect(context) { await new Promise(resolve => gates.set(context.request.request_id, resolve)); yield { id: "p" }; } });
  const { stream } = await served(t, {}, {}, find);
  const detect = id => stream.send({ request_id: id, run_detection_request: { job_type: "find" } });
  for (const id of ["d-1", "d-2", "d-3"]) detect(id);
  await stream.until(messages => messages.filter(message => message.acknowledge?.accepted).length === 3, "three acknowledges");
  await stream.settle("1");
  assert.deepEqual([...gates.keys()], ["d-1"]);
  stream.send({ request_id: "c", cancel_request: { target_id: "d-2" } });
  assert.deepEqual(await stream.next("detection_complete").then(({ request_id, success, error_message }) => [request_id, success, error_message]), ["d-2", false, "context canceled"]);
  gates.get("d-1")();
  await stream.next(message => message.detection_complete?.request_id === "d-1");
  await stream.settle("2");
  gates.get("d-3")();
  assert.equal((await stream.next("detection_complete")).total_proposals, 1);
});

test("a thousand detections wait for their slot, and no more", async t => {
  let open;
  const gate = new Promise(resolve => (open = resolve));
  const find = handler("find", { async *detect() { await gate; } });
  const { stream } = await served(t, { detectionSlots: 2 }, {}, find);
  for (let n = 1; n <= 1003; n++) stream.send({ request_id: `d-${n}`, run_detection_request: { job_type: "find" } });
  const ended = () => stream.next("detection_complete").then(({ request_id, success, error_message }) => [request_id, success, error_message]);
  assert.deepEqual(await ended(), ["d-1003", false, "too many detections wait"]);
  open();
  for (let n = 1; n <= 1002; n++) assert.ok((await ended())[1]);
});

test("attempts, proposals, sessions and what waits are counted", async t => {
  const fail = handler("fail", { execute: () => JobOutcome.failed("no") });
  const find = handler("find", { async *detect() { yield { id: "p-1" }; yield { id: "p-2" }; } });
  const { worker, stream } = await served(t, { workerId: 'w-"1"' }, {}, echo, fail, find);
  stream.execute("echo", {}, { id: "a" });
  await stream.next("job_completed");
  stream.execute("fail", {}, { id: "b" });
  await stream.next("job_completed");
  stream.send({ request_id: "d", run_detection_request: { job_type: "find" } });
  await stream.next("detection_complete");
  const lost = worker.wait();
  stream.drop();
  await lost;
  const lines = worker.metrics.split("\n");
  const id = String.raw`worker_id="w-\"1\""`;
  for (const line of [
    `attempts_total{${id},job_type="echo",outcome="succeeded"} 1`, `attempts_total{${id},job_type="fail",outcome="failed"} 1`, `proposals_total{${id},job_type="find"} 2`,
    `sessions_total{${id},reason="ConnectionLost"} 1`, `executing{${id}} 0`, `detecting{${id}} 0`, `completions_unacknowledged{${id}} 2`,
  ]) assert.ok(lines.includes(`plugin_worker_${line}`), `${line}\n${worker.metrics}`);
});

test("drain gives new work back until it is taken back", async t => {
  const { stream } = await served(t, {}, {}, echo);
  stream.send({ drain: { enabled: true } });
  await stream.next(message => message.heartbeat?.metadata.draining === "true");
  stream.execute("echo");
  assert.equal((await stream.next("acknowledge")).message, "executor is at capacity");
  stream.send({ drain: { enabled: false } });
  stream.execute("echo", {}, { id: "job-2" });
  assert.equal((await stream.next("job_completed")).success, true);
});

test("unknown bodies and previews without a handler are refused, previews with one are answered", async t => {
  const { stream } = await served(t, {}, {}, echo);
  stream.send({ request_id: "u-1" });
  assert.deepEqual(await stream.next("acknowledge"), { request_id: "u-1", accepted: false, message: "unsupported request body" });
  stream.send({ request_id: "p-1", request_object_preview: { object_id: ["x"] } });
  assert.equal((await stream.next("acknowledge")).accepted, false);
  assert.deepEqual(await stream.next("object_preview_response").then(({ success, request_id }) => [success, request_id]), [false, "p-1"]);
  const rows = handler("rows", { execute: () => JobOutcome.succeeded(), preview: ({ object_id }) => (object_id[0] === "x" ? { columns: ["a"], rows: [["1"]] } : undefined) });
  const { stream: other } = await served(t, {}, {}, rows);
  other.send({ request_id: "p-2", request_object_preview: { object_id: ["x"] } });
  assert.deepEqual(await other.next("object_preview_response").then(({ success, rows: [row] }) => [success, row.values]), [true, ["1"]]);
});

test("metrics of reports that were conflated are merged", async t => {
  const measures = handler("measures", { execute: context => {
    context.report({ percent: 10, metrics: { rows: 1 } });
    context.report({ percent: 20, metrics: { bytes: 2 } });
    context.report({ percent: 30, metrics: { bytes: 3, ...Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`m${n}`, n])) } });
    return JobOutcome.succeeded();
  } });
  const { stream } = await served(t, {}, {}, measures);
  stream.execute("measures");
  await stream.next("job_completed");
  const { metrics } = stream.all("job_progress_update").at(-1);
  assert.deepEqual([metrics.rows.int64_value, metrics.bytes.int64_value, Object.keys(metrics).length], ["1", "3", 100]);
});

test("a preview of no proper kind is a failure, and nothing else ends by it", async t => {
  const odd = [{ columns: ["a"] }, { columns: ["a"], rows: [{ a: 1 }] }, { columns: [1], rows: [] }, { columns: ["a"], rows: [["1"]], totalRows: "many" }, 7];
  const rows = handler("rows", { execute: () => JobOutcome.succeeded(), preview: ({ object_id: [at] }) => odd[Number(at)] });
  const { stream } = await served(t, {}, {}, rows, echo);
  for (const at of odd.keys()) {
    stream.send({ request_id: `p-${at}`, request_object_preview: { object_id: [String(at)] } });
    const { success, request_id, error_message } = await stream.next("object_preview_response");
    assert.deepEqual([success, request_id], [false, `p-${at}`]);
    assert.match(error_message, /^the preview of the handler cannot be sent: TypeError: /);
  }
  stream.execute("echo");
  assert.equal((await stream.next("job_completed")).success, true);
});

test("a preview that hangs is answered after 30 s and keeps its place among four; rows are no more than asked for", async t => {
  const clock = new ManualClock();
  const asked = [];
  const rows = handler("rows", { execute: () => JobOutcome.succeeded(), preview: () => new Promise(resolve => asked.push(resolve)) });
  const { stream } = await served(t, { clock }, {}, rows);
  const ask = id => stream.send({ request_id: id, request_object_preview: { object_id: ["x"], row_limit: 2 } });
  for (const id of ["p-1", "p-2", "p-3", "p-4", "p-5"]) ask(id);
  const full = "4 previews are being made; ask again";
  const reason = async id => (await stream.until(messages => messages.some(message => message.object_preview_response?.request_id === id), id), stream.all("object_preview_response").find(response => response.request_id === id).error_message);
  assert.equal(await reason("p-5"), full);
  await clock.advance(29_999);
  await stream.settle();
  assert.equal(stream.all("object_preview_response").length, 1);
  await clock.advance(1);
  for (const id of ["p-1", "p-2", "p-3", "p-4"]) assert.equal(await reason(id), "the preview took more than 30 s");
  ask("p-6");
  assert.equal(await reason("p-6"), full);
  for (const resolve of asked.splice(0)) resolve(undefined);
  ask("p-7");
  await stream.settle();
  asked[0]({ columns: ["a"], rows: [["1"], ["2"], ["3"]] });
  assert.equal(await reason("p-7"), "");
  const { rows: shown, total_rows: total } = stream.all("object_preview_response").find(response => response.request_id === "p-7");
  assert.deepEqual([shown.map(({ values }) => values[0]), Number(total)], [["1", "2"], 3]);
});

test("results that are too large are cut, and said to be", async t => {
  const large = handler("large", { execute: () => JobOutcome.succeeded("", { big: "x".repeat(2 ** 20), small: 1 }) });
  const { stream } = await served(t, {}, {}, large);
  stream.execute("large");
  const { result } = await stream.next("job_completed");
  assert.deepEqual(Object.keys(result.output_values).sort(), ["big_truncated", "small"]);
});

test("what is wrong with a handler, and with a value that is stored, is said", async t => {
  const sick = {
    descriptor: new DescriptorBuilder("sick", "Sick").worker(form => form.section("s", "S", "", s => s.integer("count", "Count", "", 7))).build(),
    health: () => "the disk is full",
    execute: ({ config }) => JobOutcome.succeeded("", { count: config.integer("count") }),
  };
  const { stream } = await served(t, {}, {}, sick);
  await stream.next(message => message.heartbeat?.metadata.health === "sick: the disk is full");
  stream.execute("sick", {}, { worker_config_values: { count: { string_value: "many" } } });
  assert.equal((await stream.next("job_completed")).result.output_values.count.int64_value, "7");
  assert.match(stream.all("job_progress_update").flatMap(update => update.activities).map(activity => activity.message).join(), /count is stored as string_value/);
});

test("a health check that hangs is asked once, however often the worker connects anew", async t => {
  let asked = 0;
  let answer;
  const stuck = handler("stuck", { execute: () => JobOutcome.succeeded(), health: () => (asked++, new Promise(resolve => (answer = resolve))) });
  const { admin, worker, stream } = await served(t, { requestTimeout: 20 }, {}, stuck);
  const isSilent = message => message.heartbeat?.metadata.health === "stuck: health does not answer";
  await stream.next(isSilent);
  for (let session = 2; session <= 3; session++) {
    await worker.stop();
    const starting = worker.start();
    const next = await admin.stream();
    next.accept();
    await starting;
    await next.next(isSilent);
    if (session === 2) continue;
    assert.equal(asked, 1);
    // What it says in the end is told by the session that is there then, and it is asked again.
    answer("too slow");
    await next.next(message => message.heartbeat?.metadata.health === "stuck: too slow");
    while (asked < 2) await next.next("heartbeat");
  }
});

test("a message that is none ends the session, not the process", async t => {
  const { stream, worker } = await served(t, {}, {}, echo);
  const lost = worker.wait();
  stream.send(Buffer.from([0xff, 0xff, 0xff]));
  assert.equal((await lost).reason, "ProtocolError");
});

test("a message above the limit ends the session, not the process", async t => {
  const { stream, worker } = await served(t, { receiveLimit: 10_000 }, {}, echo);
  const lost = worker.wait();
  stream.execute("echo", { big: { string_value: "x".repeat(20_000) } });
  assert.equal((await lost).reason, "ProtocolError");
});

test("output that no admin reads takes no memory, and the result is not lost", async t => {
  const flood = handler("flood", {
    execute: context => {
      const bytes = Buffer.alloc(64 * 1024);
      for (let n = 0; n < 3200; n++) void context.output("stdout", bytes);
      return JobOutcome.succeeded();
    },
  });
  const { stream } = await served(t, {}, {}, flood);
  stream.call.pause();
  global.gc?.();
  const before = process.memoryUsage();
  stream.execute("flood");
  await pause(1000);
  const after = process.memoryUsage();
  assert.ok(after.arrayBuffers - before.arrayBuffers < 64 * 1024 * 1024, `${after.arrayBuffers - before.arrayBuffers} bytes`);
  stream.call.resume();
  assert.equal((await stream.next("job_completed")).success, true);
});
