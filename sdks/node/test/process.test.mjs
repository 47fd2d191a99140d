import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { adminOf } from "./workers.mjs";

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), "worker-process.mjs");

function workerProcess(t, environment, ...args) {
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH, PLUGIN_WORKER_ID: "w-proc", ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  return Object.assign(child, { code: once(child, "exit").then(([code]) => code) });
}

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

const statusOf = url => new Promise(resolve => http.get(url, { agent: false }, response => response.resume().on("end", () => resolve(response.statusCode))).on("error", () => resolve(0)));

test("a process finishes its job at SIGTERM, says who it is, and uses the token it was given", async t => {
  const admin = await adminOf(t, { headers: { "plugin-token": "its-own" } });
  const child = workerProcess(t, { PLUGIN_ADMIN: admin.address, PLUGIN_TOKEN: "one-time", PLUGIN_POOL: "pool", PLUGIN_ORDINAL: "3", PLUGIN_LAUNCH: "launch-1", PLUGIN_BUNDLE: "b", PLUGIN_BUNDLE_VERSION: "1.2" });
  const first = await admin.stream();
  const { worker_id, metadata } = first.hello;
  assert.deepEqual([worker_id, metadata.launch, metadata.pool, metadata.ordinal, metadata.bundle, metadata.bundle_version], ["w-proc", "launch-1", "pool", "3", "b", "1.2"]);
  assert.deepEqual(first.call.metadata.get("authorization"), ["Bearer one-time"]);
  first.accept();
  first.execute("nap", { ms: { int64_value: 60_000 } });
  await first.next("job_progress_update");
  first.drop();
  // With work under way it is back at once, with the token it was given.
  const second = (await admin.stream()).ackAll();
  assert.deepEqual(second.call.metadata.get("authorization"), ["Bearer its-own"]);
  second.accept();
  await second.settle();
  child.kill("SIGTERM");
  const completed = await second.next("job_completed");
  assert.deepEqual([completed.success, completed.result.summary], [true, "woken by the stop"]);
  assert.equal(await child.code, 0);
});

test("a process that gets SIGTERM or SIGINT while the admin is away lets its job end and brings the result home", async t => {
  for (const signal of ["SIGTERM", "SIGINT"]) {
    const admin = await adminOf(t);
    const child = workerProcess(t, { PLUGIN_ADMIN: admin.address });
    const first = await admin.stream();
    first.accept();
    first.execute("nap", { ms: { int64_value: 60_000 } });
    await first.next("job_progress_update");
    first.drop();
    const dialled = await admin.stream();
    child.kill(signal);
    dialled.drop();
    (await admin.stream()).drop();
    const back = (await admin.stream()).ackAll();
    back.accept();
    const { success, result } = await back.next("job_completed");
    assert.deepEqual([success, result.summary, await child.code], [true, "woken by the stop", 0]);
  }
});

test("exit codes tell how a worker ended", async t => {
  assert.equal(await workerProcess(t, { PLUGIN_ADMIN: "grpc://127.0.0.1:1" }, "once").code, 69);
  const refusing = await adminOf(t, { onStream: stream => stream.send({ hello: { accepted: false, message: "permanent" } }) });
  assert.equal(await workerProcess(t, { PLUGIN_ADMIN: refusing.address }).code, 77);
  const leaving = await adminOf(t, { onStream: stream => (stream.accept(), stream.send({ shutdown: { reason: "bye" } })) });
  assert.equal(await workerProcess(t, { PLUGIN_ADMIN: leaving.address }).code, 0);
  const replacing = await adminOf(t, { onStream: stream => (stream.accept(), stream.send({ shutdown: { reason: "replaced" } })) });
  assert.equal(await workerProcess(t, { PLUGIN_ADMIN: replacing.address }).code, 70);
});

test("what is wrong with the options or the health port is one line, and the code for it", async t => {
  const taken = net.createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const faults = [
    [{ PLUGIN_ADMIN: "nowhere", PLUGIN_WORKER_ID: "\t" }, /^the worker cannot be made: .*'nowhere' is not an address.*; the worker id must have 1 to 255 printable characters\n$/],
    [{ PLUGIN_HEALTH_PORT: String(taken.address().port) }, /^the health port cannot be opened: .*EADDRINUSE.*\n$/],
    [{ PLUGIN_HEALTH_PORT: "x" }, /^the health port cannot be opened: .*\n$/],
  ];
  for (const [environment, line] of faults) {
    const child = workerProcess(t, environment);
    let said = "";
    child.stderr.on("data", data => (said += data));
    assert.equal(await child.code, 70);
    assert.match(said, line);
  }
});

test("the health port tells whether the process lives and whether it is served", async t => {
  const admin = await adminOf(t);
  const port = await freePort();
  const child = workerProcess(t, { PLUGIN_ADMIN: admin.address, PLUGIN_HEALTH_PORT: String(port) });
  const stream = await admin.stream();
  const url = `http://127.0.0.1:${port}`;
  assert.deepEqual([await statusOf(`${url}/health`), await statusOf(`${url}/ready`), await statusOf(`${url}/other`)], [200, 503, 404]);
  stream.accept();
  await stream.next("heartbeat");
  assert.equal(await statusOf(`${url}/ready`), 200);
  const metrics = await fetch(`${url}/metrics`);
  assert.equal(metrics.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.match(await metrics.text(), /^plugin_worker_executing\{worker_id="w-proc"\} 0$/m);
  child.kill("SIGTERM");
  assert.equal(await child.code, 0);
});

test("a promise that a handler forgot is told of when it fails, and ends nothing", async t => {
  const admin = await adminOf(t);
  const child = workerProcess(t, { PLUGIN_ADMIN: admin.address });
  let said = "";
  child.stderr.on("data", data => (said += data));
  const stream = (await admin.stream()).ackAll();
  stream.accept();
  for (const id of ["job-1", "job-2"]) {
    stream.execute("careless", { how: { string_value: "reject" } }, { id });
    assert.equal((await stream.next("job_completed")).success, true);
  }
  child.kill("SIGTERM");
  assert.equal(await child.code, 0);
  assert.equal(said.match(/^a promise that nobody waits for failed: Error: forgotten$/gm).length, 2, said);
});

test("what nobody catches ends the process with 70, when its work is done", async t => {
  const admin = await adminOf(t);
  const child = workerProcess(t, { PLUGIN_ADMIN: admin.address });
  let said = "";
  child.stderr.on("data", data => (said += data));
  const stream = (await admin.stream()).ackAll();
  stream.accept();
  stream.execute("nap", { ms: { int64_value: 60_000 } }, { id: "other" });
  await stream.next("job_progress_update");
  stream.execute("careless", { how: { string_value: "throw" } });
  const ends = [await stream.next("job_completed"), await stream.next("job_completed")];
  assert.deepEqual(ends.map(end => [end.job_id, end.success, end.result.summary]).sort(), [["job-1", true, "done"], ["other", true, "woken by the stop"]]);
  assert.equal(await child.code, 70);
  assert.match(said, /^nobody caught this, the process ends: Error: thrown by a callback$/m);
});
