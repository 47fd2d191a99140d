import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { adminOf, echo, foreign, handler, held, workerOf } from "./workers.mjs";
import { JobOutcome, ManualClock, PluginWorker, StartFailure } from "../dist/index.js";

const failsWith = code => error => error instanceof StartFailure && error.code === code;
const accepting = { onStream: stream => stream.accept() };

test("a worker goes through its states, round after round", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  assert.equal(worker.state, "Created");
  await worker.stop();
  assert.equal(await worker.wait(), undefined);
  for (const generation of [1, 2, 3]) {
    const starting = worker.start();
    assert.equal(worker.state, "Starting");
    const stream = await admin.stream();
    stream.accept();
    const session = await starting;
    assert.deepEqual([worker.state, session.generation, session.workerId, stream.hello.worker_instance_id], ["Running", generation, "w-test", session.instanceId]);
    const stopping = worker.stop();
    assert.equal(worker.state, "Stopping");
    await stopping;
    assert.equal(worker.state, "Stopped");
  }
  assert.deepEqual(worker.closed, [["StopRequested", 1], ["StopRequested", 2], ["StopRequested", 3]]);
});

test("start while it starts or runs is refused, while it stops it waits", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const first = worker.start();
  await assert.rejects(worker.start(), failsWith("AlreadyStarted"));
  const stream = (await admin.stream()).ackAll();
  stream.accept();
  await first;
  await assert.rejects(worker.start(), failsWith("AlreadyStarted"));
  await assert.rejects(worker.run(), failsWith("AlreadyStarted"));
  stream.execute("held");
  await stream.next(message => message.acknowledge?.accepted);
  const stopping = worker.stop();
  const second = worker.start();
  assert.equal(worker.state, "Stopping");
  work.release("job-1");
  await stopping;
  (await admin.stream()).accept();
  assert.equal((await second).generation, 2);
});

test("a refused start leaves nothing behind: no onClose, the next one succeeds", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const refused = worker.start();
  (await admin.stream()).send({ hello: { accepted: false, message: "not now" } });
  await assert.rejects(refused, error => error.code === "Rejected" && !error.permanent && error.message === "not now");
  const forGood = worker.start();
  (await admin.stream()).send({ hello: { accepted: false, message: "permanent: never" } });
  await assert.rejects(forGood, error => error.code === "Rejected" && error.permanent);
  assert.deepEqual([worker.state, worker.closed, worker.session], ["Stopped", [], undefined]);
  const accepted = worker.start();
  (await admin.stream()).accept();
  assert.equal((await accepted).generation, 1);
});

test("a status instead of a hello is typed", async t => {
  const statuses = { UNAUTHENTICATED: ["Rejected", true], FAILED_PRECONDITION: ["Rejected", true], UNKNOWN: ["Rejected", false], INVALID_ARGUMENT: ["ProtocolError", true], UNAVAILABLE: ["Unreachable", false] };
  const codes = Object.keys(statuses);
  const admin = await adminOf(t, { onStream: stream => stream.drop(grpc.status[codes.shift()], "go away") });
  const worker = workerOf(t, { address: admin.address });
  for (const [code, expected] of Object.entries(statuses)) {
    await assert.rejects(worker.start(), error => (assert.deepEqual([error.code, error.permanent], expected, code), true));
  }
});

test("a silent admin is a timeout at the limit, and can be tried again", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address, registrationTimeout: 2000 });
  const seen = admin.stream();
  const began = performance.now();
  await assert.rejects(worker.start(), failsWith("Timeout"));
  assert.ok(performance.now() - began >= 1995);
  await (await seen).end();
  const again = worker.start();
  (await admin.stream()).accept();
  await again;
});

test("nobody at the address, or a link that dies before the hello, is unreachable at once", async t => {
  const server = net.createServer(socket => setTimeout(() => socket.destroy(), 50)).listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  const address = `grpc://127.0.0.1:${server.address().port}`;
  const dying = workerOf(t, { address, registrationTimeout: 60_000 });
  await assert.rejects(dying.start(), failsWith("Unreachable"));
  await new Promise(resolve => server.close(resolve));
  await assert.rejects(dying.start(), failsWith("Unreachable"));
});

test("stop while it starts cancels the start", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address, registrationTimeout: 60_000 });
  const starting = assert.rejects(worker.start(), failsWith("Canceled"));
  const waiting = worker.wait();
  const stream = await admin.stream();
  await worker.stop();
  assert.equal(worker.state, "Stopped");
  await starting;
  assert.equal(await waiting, undefined);
  await stream.end();
  assert.deepEqual(worker.closed, []);
});

test("an aborted signal cancels the start, also before it has begun", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address, registrationTimeout: 60_000 });
  const cancel = new AbortController();
  const starting = assert.rejects(worker.start({ signal: cancel.signal }), failsWith("Canceled"));
  await admin.stream();
  cancel.abort();
  await starting;
  await assert.rejects(worker.start({ signal: AbortSignal.abort() }), failsWith("Canceled"));
  assert.equal(worker.state, "Stopped");
});

test("start and stop inside onClose work, and an exception there changes nothing", async t => {
  const admin = await adminOf(t);
  const steps = [];
  const errors = [];
  const worker = workerOf(t, {
    address: admin.address,
    logger: { info() {}, warn() {}, error: text => errors.push(text) },
    onClose: async (_, { generation }) => {
      if (generation > 1) return;
      await worker.stop();
      steps.push(worker.state);
      await worker.start();
      steps.push(worker.state);
      throw new Error("thrown in onClose");
    },
  });
  const starting = worker.start();
  const first = await admin.stream();
  first.accept();
  await starting;
  const waiting = worker.wait();
  first.drop();
  assert.deepEqual((await waiting).session.generation, 1);
  const second = await admin.stream();
  second.accept();
  await second.next("heartbeat");
  await second.settle();
  assert.deepEqual([worker.state, worker.session.generation, steps], ["Running", 2, ["Stopped", "Running"]]);
  assert.match(errors.join(), /thrown in onClose/);
  await worker.stop();
  assert.deepEqual(worker.closed, [["ConnectionLost", 1], ["StopRequested", 2]]);
});

test("wait is bound to the session it was called in", async t => {
  const admin = await adminOf(t, accepting);
  const worker = workerOf(t, { address: admin.address });
  await worker.start();
  const waiting = worker.wait();
  void worker.stop();
  await worker.start();
  assert.deepEqual([(await waiting).session.generation, worker.session.generation, worker.state], [1, 2, "Running"]);
});

test("run tells a stop from a loss, drains when its signal is aborted, and can be called again", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const lost = worker.run();
  const first = await admin.stream();
  first.accept();
  await first.next("heartbeat");
  first.drop();
  assert.equal((await lost).reason, "ConnectionLost");

  const cancel = new AbortController();
  const canceled = assert.rejects(worker.run({ signal: cancel.signal }), { name: "AbortError" });
  const second = (await admin.stream()).ackAll();
  second.accept();
  second.execute("held");
  await second.next("acknowledge");
  cancel.abort();
  await second.next(message => message.heartbeat?.metadata.draining === "true");
  work.release("job-1");
  assert.equal((await second.next("job_completed")).success, true);
  await canceled;

  const stopped = worker.run();
  (await admin.stream()).accept();
  while (worker.state !== "Running") await new Promise(setImmediate);
  await worker.stop();
  assert.equal((await stopped).reason, "StopRequested");
});

test("what the admin asks for holds for the session, and is forgotten while the next one starts", async t => {
  const admin = await adminOf(t, { headers: { "plugin-admin-version": "9.9" } });
  const worker = workerOf(t, { address: admin.address });
  const values = () => [worker.registrationTimeout, worker.heartbeatInterval, worker.reconnectDelay, worker.adminVersion];
  assert.deepEqual(values(), [5000, 10_000, 5000, "unknown"]);
  const starting = worker.start();
  (await admin.stream()).accept({ heartbeat_interval_seconds: 3, reconnect_delay_seconds: 7 });
  await starting;
  assert.deepEqual(values(), [5000, 3000, 7000, "9.9"]);
  await worker.stop();
  assert.deepEqual(values(), [5000, 3000, 7000, "9.9"]);
  const again = worker.start();
  assert.deepEqual(values(), [5000, 10_000, 5000, "unknown"]);
  (await admin.stream()).accept();
  await again;
});

test("each end of a session has its reason", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const end = async how => {
    const running = worker.run();
    const stream = await admin.stream();
    stream.accept();
    await stream.next("heartbeat");
    how(stream);
    return (await running).reason;
  };
  assert.equal(await end(stream => stream.send({ shutdown: { reason: "replaced" } })), "Replaced");
  assert.equal(await end(stream => stream.drop(grpc.status.ABORTED)), "Replaced");
  assert.equal(await end(stream => stream.drop(grpc.status.INVALID_ARGUMENT)), "ProtocolError");
  assert.equal(await end(stream => stream.drop(grpc.status.PERMISSION_DENIED)), "Rejected");
  assert.equal(await end(stream => stream.call.end()), "ConnectionLost");
  assert.equal(await end(stream => stream.send({ hello: { accepted: false, message: "no more" } })), "Rejected");
});

test("the admin's shutdown lets work end within its grace", async t => {
  const admin = await adminOf(t);
  const work = held();
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.run();
  const stream = (await admin.stream()).ackAll();
  stream.accept();
  stream.execute("held");
  await stream.next("acknowledge");
  stream.send({ request_id: "s-1", shutdown: { reason: "maintenance", grace_period_seconds: 30 } });
  assert.equal((await stream.next("acknowledge")).request_id, "s-1");
  stream.send({ drain: { enabled: false } });
  stream.execute("held", {}, { id: "job-2" });
  assert.deepEqual(await stream.next("acknowledge"), { request_id: "r-job-2", accepted: false, message: "executor is at capacity" });
  work.release("job-1");
  assert.equal((await stream.next("job_completed")).success, true);
  assert.deepEqual([(await running).reason, worker.closed], ["AdminShutdown", [["AdminShutdown", 1]]]);
});

test("a handler may stop its worker, and may not start it", async t => {
  const admin = await adminOf(t);
  const work = handler("selfish", {
    execute: async () => {
      await assert.rejects(worker.start(), failsWith("AlreadyStarted"));
      await worker.stop();
      return JobOutcome.succeeded(worker.state);
    },
  });
  const worker = workerOf(t, { address: admin.address }, work);
  const running = worker.run();
  const stream = (await admin.stream()).ackAll();
  stream.accept();
  stream.execute("selfish");
  const { success, result } = await stream.next("job_completed");
  assert.deepEqual([success, result.summary], [true, "Stopping"]);
  assert.equal((await running).reason, "StopRequested");
});

test("runForever dials again after what may pass, and a stop ends it, also while it pauses", async t => {
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address });
  const running = worker.runForever({ jitter: () => 0.5, longestDelay: 20 });
  for (let generation = 1; generation <= 2; generation++) {
    const stream = await admin.stream();
    stream.accept();
    await stream.next("heartbeat");
    stream.drop();
  }
  const third = await admin.stream();
  third.accept();
  await third.next("heartbeat");
  await worker.stop();
  assert.deepEqual([(await running).reason, worker.closed.map(([reason]) => reason)], ["StopRequested", ["ConnectionLost", "ConnectionLost", "StopRequested"]]);

  admin.close();
  const paused = worker.runForever();
  while (worker.state !== "Stopped") await new Promise(setImmediate);
  await worker.stop();
  assert.equal((await paused).reason, "StopRequested");
});

test("a session serves from its hello on: what came before counts neither for nor against it", async t => {
  const clock = new ManualClock();
  const admin = await adminOf(t);
  const warnings = [];
  const worker = workerOf(t, { address: admin.address, clock, registrationTimeout: 600_000, logger: { info() {}, warn: text => warnings.push(text), error() {} } });
  const serve = async milliseconds => {
    const stream = await admin.stream();
    await clock.advance(70_000);
    stream.accept(foreign);
    await stream.next("heartbeat");
    await clock.advance(milliseconds);
    stream.drop();
  };
  const run = worker.run();
  await serve(2000);
  assert.equal((await run).served, 2000);

  const pauses = [];
  const running = worker.runForever({ jitter: () => (pauses.push(worker.session.generation), 0.5) });
  for (let loss = 1; loss <= 3; loss++) {
    await serve(2000);
    while (pauses.length < loss) await new Promise(setImmediate);
    // The pauses double, although it was away for longer than resets them; the third is the longest.
    const pause = [5000, 10_000, 30_000][loss - 1];
    await clock.advance(pause - 1);
    assert.equal(worker.state, "Stopped", `pause ${loss}`);
    await clock.advance(1);
  }
  assert.equal(warnings.filter(text => text.startsWith("another worker may use this id")).length, 1);
  await worker.stop();
  assert.equal((await running).reason, "StopRequested");
});

test("a token is sent as its file says at each start, and there are not two of them", async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "worker-token-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const tokenFile = path.join(folder, "token");
  const admin = await adminOf(t);
  const worker = workerOf(t, { address: admin.address, tokenFile, environment: { PLUGIN_TOKEN: "of the environment" } });
  await assert.rejects(worker.start(), error => error.code === "Unreachable" && /^the token file cannot be read: /.test(error.message));
  for (const token of ["first", "second"]) {
    writeFileSync(tokenFile, `${token}\n`);
    const starting = worker.start();
    const stream = await admin.stream();
    stream.accept();
    await starting;
    assert.deepEqual(stream.call.metadata.get("authorization"), [`Bearer ${token}`]);
    await worker.stop();
  }
  assert.throws(() => workerOf(t, { token: "text", tokenFile }), { name: "TypeError", message: "there is one token: its text (token) or its file (tokenFile)" });
});

test("runForever stops for whoever replaces the worker, and when it is refused for good", async t => {
  const ends = [stream => (stream.accept(), stream.send({ shutdown: { reason: "replaced" } })), stream => stream.drop(grpc.status.UNAUTHENTICATED, "who are you")];
  const admin = await adminOf(t, { onStream: stream => ends.shift()(stream) });
  const worker = workerOf(t, { address: admin.address });
  assert.equal((await worker.runForever()).reason, "Replaced");
  await assert.rejects(worker.runForever(), error => error.code === "Rejected" && error.permanent);
});

test("a ready connection serves the first start, the second one dials", async t => {
  const [one, other] = [await adminOf(t, accepting), await adminOf(t, accepting)];
  const connection = net.connect({ host: "127.0.0.1", port: one.port, allowHalfOpen: true });
  const worker = workerOf(t, { address: other.address, connection });
  const { mock: listened } = t.mock.method(net.Server.prototype, "listen");
  assert.equal((await worker.start()).address, "the given connection");
  // Nobody else can take the connection meanwhile: it is in a folder of this user alone, which is gone by now.
  const [{ arguments: [door] }] = listened.calls;
  assert.deepEqual([path.basename(door), existsSync(path.dirname(door)), listened.calls.length], ["door", false, 1]);
  await worker.stop();
  assert.equal((await worker.start()).address, other.address);

  const broken = net.connect({ host: "127.0.0.1", port: 1 });
  const late = workerOf(t, { address: "", connection: broken });
  await new Promise(resolve => broken.once("close", resolve));
  await assert.rejects(late.start(), failsWith("Unreachable"));
  await assert.rejects(late.start(), /no address is set/);
});

test("a list of addresses is tried in order", async t => {
  const admin = await adminOf(t, accepting);
  const worker = workerOf(t, { address: `grpc://127.0.0.1:1, ${admin.address}` });
  assert.equal((await worker.start()).address, admin.address);
});

test("what is wrong is told at construction, all at once", () => {
  const broken = { workerId: "\u0001", executionSlots: 0, labels: { ["x".repeat(64)]: "" }, address: "nowhere", environment: {} };
  assert.throws(() => new PluginWorker(broken, [echo, echo, { descriptor: { ...echo.descriptor, job_type: "a b" } }]), error =>
    ["printable", "executionSlots", "label key", "not an address", "two handlers", "not a job type", "neither"].every(part => error.message.includes(part)));
  assert.throws(() => new PluginWorker({ environment: {}, workerId: "w" }, []), /at least one handler/);
  const worker = new PluginWorker({ environment: {}, workerId: "w" }, [echo]);
  assert.throws(() => (worker.session = undefined), TypeError);
});

test("a connection is pinged every 60 s while its stream is open, and given up 20 s after a ping; messages have limits of their own", async t => {
  const admin = await adminOf(t, accepting);
  const { mock: opened } = t.mock.method(grpc.Client.prototype, "makeBidiStreamRequest");
  for (const [options, pause] of [[{}, 60_000], [{ keepAlive: 20_000 }, 20_000]]) {
    const worker = workerOf(t, { address: admin.address, ...options });
    await worker.start();
    const said = opened.calls.at(-1).this.getChannel().internalChannel.options;
    const names = ["keepalive_time_ms", "keepalive_timeout_ms", "keepalive_permit_without_calls", "max_send_message_length", "max_receive_message_length"];
    assert.deepEqual(names.map(name => said[`grpc.${name}`]), [pause, 20_000, 0, 64 * 2 ** 20, 2 ** 30]);
    await worker.stop();
  }
  assert.throws(() => workerOf(t, { keepAlive: 19_999 }), /keepAlive must be at least 20,000/);
});
