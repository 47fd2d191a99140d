import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { jobServices } from "../dist/wire.js";
import { AdminClient, Value, runJob } from "../dist/index.js";

const { JobService } = grpc.loadPackageDefinition(jobServices).pluginadmin.v1;
const job = (state, rest) => ({ job_id: "job-1", job_type: "count", state: `JOB_STATE_${state}`, attempt: 1, ...rest });

/** A job service of which a test says what it answers. */
async function serve(t, methods, credentials = grpc.ServerCredentials.createInsecure()) {
  const asked = [];
  const server = new grpc.Server();
  const answer = name => (call, done) => {
    asked.push([name, call.request, call.metadata.get("authorization")[0]]);
    const said = methods[name];
    done(null, { job: typeof said === "function" ? said() : said });
  };
  const unused = Object.fromEntries(Object.keys(JobService.service).map(name => [name, (_, done) => done?.({ code: grpc.status.UNIMPLEMENTED })]));
  server.addService(JobService.service, { ...unused, Submit: answer("Submit"), Get: answer("Get"), Cancel: answer("Cancel"), ...Object.fromEntries(Object.entries(methods).filter(([name]) => name.startsWith("Watch"))) });
  const port = await new Promise((resolve, reject) => server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))));
  t.after(() => server.forceShutdown());
  return { address: `grpc://127.0.0.1:${port}`, port, asked, close: () => new Promise(resolve => server.tryShutdown(resolve)) };
}

test("a job is submitted, its output followed across a broken stream, and its result returned", async t => {
  let watches = 0;
  const { address, asked } = await serve(t, {
    Submit: job("PENDING"),
    Get: job("SUCCEEDED", { result: { summary: "counted", output_values: { n: { int64_value: "9007199254740993" }, names: { string_list: { values: ["a"] } } } } }),
    WatchLogs: call => {
      call.write({ attempt: 1, stream: "LOG_STREAM_STDOUT", offset: 0, data: Buffer.from("one\n") });
      call.write({ attempt: 1, stream: "LOG_STREAM_STDERR", offset: 0, data: Buffer.from("hm\n") });
      if (watches++ === 0) return call.emit("error", { code: grpc.status.UNAVAILABLE, details: "restarting" });
      call.write({ attempt: 1, stream: "LOG_STREAM_STDOUT", offset: 2, data: Buffer.from("e\ntwo\n") });
      call.end();
    },
  });
  const output = { stdout: "", stderr: "" };
  const ended = await runJob(address, "count", { n: 3, deep: { list: [1, "x"] } }, { token: "secret", priority: 0, idempotencyKey: "k", onOutput: (stream, bytes) => (output[stream] += bytes) });
  assert.deepEqual([ended.id, ended.state, ended.summary, { ...ended.outputs }], ["job-1", "SUCCEEDED", "counted", { n: 9007199254740993n, names: ["a"] }]);
  assert.deepEqual(output, { stdout: "one\ntwo\n", stderr: "hm\n" });
  const [, request, token] = asked[0];
  assert.deepEqual([JSON.parse(request.parameters_json), request.priority, request.idempotency_key, request.parameters, token], [{ n: 3, deep: { list: [1, "x"] } }, 0, "k", {}, "Bearer secret"]);
});

test("values with a kind of their own are sent as they are, and the waiting can be given up", async t => {
  const { address, asked } = await serve(t, { Submit: job("PENDING"), Get: job("FAILED", { error_message: "too bad" }), Cancel: job("CANCELED"), WatchLogs: () => {} });
  const client = new AdminClient(address);
  t.after(() => client.close());
  const patience = new AbortController();
  const waiting = assert.rejects(client.runJob("count", { pause: Value.duration(1500), big: 2n ** 60n }, { signal: patience.signal }), { name: "AbortError" });
  while (asked.length === 0) await new Promise(setImmediate);
  patience.abort();
  await waiting;
  const { parameters, parameters_json } = asked[0][1];
  assert.deepEqual([parameters.pause.duration_value, parameters.big.int64_value, parameters_json], [{ seconds: "1", nanos: 500_000_000 }, (2n ** 60n).toString(), ""]);
  assert.deepEqual([(await client.get("job-1")).error, (await client.cancel("job-1", "enough")).state], ["too bad", "CANCELED"]);
});

test("a refusal is thrown as it came, and nobody there is no endless wait", async t => {
  const server = new grpc.Server();
  server.addService(JobService.service, { ...Object.fromEntries(Object.keys(JobService.service).map(name => [name, () => {}])), Submit: (_, done) => done({ code: grpc.status.INVALID_ARGUMENT, details: "lines: too few" }) });
  const port = await new Promise(resolve => server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, bound) => resolve(bound)));
  t.after(() => server.forceShutdown());
  await assert.rejects(runJob(`grpc://127.0.0.1:${port}`, "count"), { code: grpc.status.INVALID_ARGUMENT, details: "lines: too few" });
  await assert.rejects(runJob("grpc://127.0.0.1:1", "count", {}, { patience: 0 }), { code: grpc.status.UNAVAILABLE });
});

test("an address is what it is for a worker, and a token in a file is read at each call", async t => {
  const { address, port, asked } = await serve(t, { Cancel: job("CANCELED") });
  const page = http.createServer((_, response) => response.end(JSON.stringify({ worker_grpc_port: port })));
  await new Promise(resolve => page.listen(0, "127.0.0.1", resolve));
  t.after(() => page.close());
  const folder = mkdtempSync(path.join(os.tmpdir(), "client-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const tokenFile = path.join(folder, "token");
  writeFileSync(tokenFile, "first\n");
  for (const form of [address, `127.0.0.1:${page.address().port}`, `127.0.0.1:1.${port}`, `${address}, grpc://127.0.0.1:1`]) {
    const client = new AdminClient(form, { tokenFile });
    t.after(() => client.close());
    assert.equal((await client.cancel("job-1")).state, "CANCELED", form);
    writeFileSync(tokenFile, "second");
    await client.cancel("job-1");
    writeFileSync(tokenFile, "first\n");
  }
  assert.deepEqual(asked.map(([, , token]) => token), Array(4).fill(["Bearer first", "Bearer second"]).flat());
  for (const wrong of ["", "nowhere", "http://127.0.0.1:1"]) assert.throws(() => new AdminClient(wrong), TypeError);
});

test("the output of a job is followed as it comes, until it ends, breaks, or nobody wants more", async t => {
  const requests = [];
  let left;
  const { address } = await serve(t, {
    WatchLogs: call => {
      requests.push(call.request);
      call.write({ attempt: 1, stream: "LOG_STREAM_STDOUT", offset: 0, data: Buffer.from("one\n") });
      call.write({ attempt: 2, stream: "LOG_STREAM_STDERR", offset: 7, data: Buffer.from("hm\n"), gap_bytes: 7 });
      call.write({ attempt: 2, end_of_attempt: true, state: "JOB_STATE_SUCCEEDED" });
      if (call.request.job_id === "broken") return call.emit("error", { code: grpc.status.UNAVAILABLE, details: "restarting" });
      if (call.request.job_id === "endless") return call.on("cancelled", () => left());
      call.end();
    },
  });
  const client = new AdminClient(address);
  t.after(() => client.close());
  const read = async (id, options, most = Infinity) => {
    const pieces = [];
    for await (const { attempt, stream, offset, bytes, missing } of client.watchLogs(id, options)) {
      if (pieces.push([attempt, stream, offset, String(bytes), missing]) === most) break;
    }
    return pieces;
  };
  const all = [[1, "stdout", 0, "one\n", 0], [2, "stderr", 7, "hm\n", 7]];
  assert.deepEqual([await read("job-1"), await read("job-1", { follow: false, tailLines: 3 })], [all, all]);
  assert.deepEqual(requests.map(({ job_id, follow, tail_lines }) => [job_id, follow, tail_lines]), [["job-1", true, 0], ["job-1", false, 3]]);
  await assert.rejects(read("broken"), { code: grpc.status.UNAVAILABLE });
  const isLeft = () => new Promise(resolve => (left = resolve));
  let leaving = isLeft();
  assert.deepEqual(await read("endless", {}, 1), all.slice(0, 1));
  await leaving;
  leaving = isLeft();
  const patience = new AbortController();
  const reading = assert.rejects(read("endless", { signal: patience.signal }), { name: "AbortError" });
  while (requests.length < 5) await new Promise(setImmediate);
  patience.abort();
  await Promise.all([reading, leaving]);
  await assert.rejects(read("job-1", { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(requests.length, 5);
});

test("a job that somebody else submitted is waited for, across a broken stream and without any", async t => {
  let state;
  const watches = [];
  const { address, asked } = await serve(t, {
    Get: () => job(state, { error_message: "too bad" }),
    WatchEvents: call => {
      const { job_ids: [id] } = call.request.filter;
      watches.push(id);
      if (id === "crowded") return call.emit("error", { code: grpc.status.RESOURCE_EXHAUSTED, details: "too many streams" });
      call.write({ kind: "JOB_EVENT_KIND_SNAPSHOT" });
      if (watches.length === 1) return setTimeout(() => call.emit("error", { code: grpc.status.UNAVAILABLE, details: "restarting" }), 50);
      setTimeout(() => {
        state = "FAILED";
        call.write({ kind: "JOB_EVENT_KIND_STATE" });
      }, 50);
    },
  });
  const client = new AdminClient(address);
  t.after(() => client.close());
  state = "RUNNING";
  const ended = await client.wait("job-1");
  assert.deepEqual([ended.state, ended.error, watches], ["FAILED", "too bad", ["job-1", "job-1"]]);
  // Parameters can be large, and nobody asked for them.
  assert.ok(asked.every(([name, request]) => name === "Get" && String(request.include) === "INCLUDE_RESULT"));
  await client.get("job-1", { parameters: true });
  assert.deepEqual(asked.at(-1)[1].include, ["INCLUDE_RESULT", "INCLUDE_PARAMETERS"]);
  state = "RUNNING";
  const crowded = client.wait("crowded");
  setTimeout(() => (state = "SUCCEEDED"), 100);
  assert.equal((await crowded).state, "SUCCEEDED");
  state = "RUNNING";
  await assert.rejects(client.wait("crowded", { signal: AbortSignal.timeout(100) }), { name: "TimeoutError" });
});

test("a cancel waits for the worker unless it is forced", async t => {
  const { address, asked } = await serve(t, { Cancel: job("CANCELED") });
  const client = new AdminClient(address);
  t.after(() => client.close());
  await client.cancel("job-1", "enough");
  await client.cancel("job-1", "", { force: true });
  assert.deepEqual(asked.map(([, { reason, force }]) => [reason, force]), [["enough", false], ["", true]]);
});

test("a result may be as large as the limit allows, and options that cannot be used are refused", async t => {
  const { address } = await serve(t, { Get: job("SUCCEEDED", { result: { summary: "x".repeat(5 * 1024 * 1024) } }) });
  const client = new AdminClient(address);
  const small = new AdminClient(address, { receiveLimit: 10_000 });
  t.after(() => (client.close(), small.close()));
  assert.equal((await client.get("job-1")).summary.length, 5 * 1024 * 1024);
  await assert.rejects(small.get("job-1"), { code: grpc.status.RESOURCE_EXHAUSTED });
  assert.throws(() => new AdminClient(address, { token: "text", tokenFile: "file" }), { name: "TypeError", message: "there is one token: its text (token) or its file (tokenFile)" });
  assert.throws(() => new AdminClient(address, { receiveLimit: 0 }), /receiveLimit must be above 0/);
});

test("an admin that is away is waited for, and a submission sent again makes one job", async t => {
  const submitted = [];
  const away = { code: grpc.status.UNAVAILABLE, details: "restarting" };
  const asked = { Get: 0, Cancel: 0 };
  const once = name => (_, done) => (asked[name]++ === 0 ? done(away) : done(null, { job: job("CANCELED") }));
  const server = new grpc.Server();
  server.addService(JobService.service, {
    ...Object.fromEntries(Object.keys(JobService.service).map(name => [name, () => {}])),
    Get: once("Get"),
    Cancel: once("Cancel"),
    Submit: ({ request }, done) => (submitted.push(request.idempotency_key) % 3 === 0 ? done(null, { job: job("PENDING") }) : done(away)),
  });
  // Nobody is there yet: a port of its own, given back.
  const place = http.createServer();
  await new Promise(resolve => place.listen(0, "127.0.0.1", resolve));
  const { port } = place.address();
  await new Promise(resolve => place.close(resolve));
  const client = new AdminClient(`grpc://127.0.0.1:${port}`);
  const hasty = new AdminClient(`grpc://127.0.0.1:${port}`, { patience: 0 });
  t.after(() => (client.close(), hasty.close(), server.forceShutdown()));
  await assert.rejects(hasty.submit("count"), { code: grpc.status.UNAVAILABLE });
  const submitting = client.submit("count");
  await new Promise((resolve, reject) => server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), error => (error ? reject(error) : resolve())));
  assert.equal((await submitting).state, "PENDING");
  assert.deepEqual([(await client.get("job-1")).state, (await client.cancel("job-1")).state, asked], ["CANCELED", "CANCELED", { Get: 2, Cancel: 2 }]);
  await client.submit("count");
  const [first, , , second] = submitted;
  assert.match(first, /^sdk-.{36}$/);
  assert.deepEqual(submitted, [first, first, first, second, second, second]);
  assert.notEqual(first, second);
  const wanted = new AbortController();
  const waiting = assert.rejects(new AdminClient("grpc://127.0.0.1:1").runJob("count", {}, { signal: wanted.signal }), { name: "AbortError" });
  wanted.abort();
  await waiting;
  assert.throws(() => new AdminClient("grpc://127.0.0.1:1", { patience: NaN }), /patience must be 0 or above/);
});

/** A port of its own whose guess, 10,000 above, is a port too; nobody is there. */
async function placeOfNobody() {
  const place = http.createServer();
  await new Promise(resolve => place.listen(0, "127.0.0.1", resolve));
  const { port } = place.address();
  await new Promise(resolve => place.close(resolve));
  return 20_000 + (port % 10_000);
}

test("a port is guessed only until the admin says it, and is asked for again when nobody is there", async t => {
  const place = await placeOfNobody();
  // It answers at the port of the guess, and that it is not the one.
  const guess = new grpc.Server();
  let guessed;
  const wasGuessed = new Promise(resolve => (guessed = resolve));
  guess.addService(JobService.service, {
    ...Object.fromEntries(Object.keys(JobService.service).map(name => [name, () => {}])),
    Submit: (_, done) => (guessed(), done({ code: grpc.status.UNAVAILABLE, details: "not here" })),
  });
  await new Promise((resolve, reject) => guess.bindAsync(`127.0.0.1:${place + 10_000}`, grpc.ServerCredentials.createInsecure(), error => (error ? reject(error) : resolve())));
  t.after(() => guess.forceShutdown());
  const client = new AdminClient(`127.0.0.1:${place}`);
  t.after(() => client.close());
  const submitting = client.submit("count");
  await wasGuessed;
  let { port, close } = await serve(t, { Submit: job("PENDING") });
  const page = http.createServer((_, response) => response.end(JSON.stringify({ worker_grpc_port: port })));
  await new Promise(resolve => page.listen(place, "127.0.0.1", resolve));
  t.after(() => page.close());
  assert.equal((await submitting).state, "PENDING");
  await close();
  ({ port } = await serve(t, { Submit: job("PENDING") }));
  assert.equal((await client.submit("count")).state, "PENDING");
});

test("of a list the first that is there is asked by every call", async t => {
  const { address } = await serve(t, {
    Submit: job("PENDING"),
    Get: job("SUCCEEDED"),
    WatchLogs: call => (call.write({ attempt: 1, stream: "LOG_STREAM_STDOUT", offset: 0, data: Buffer.from("said") }), call.end()),
    WatchEvents: call => (call.write({ kind: "JOB_EVENT_KIND_SNAPSHOT" }), call.end()),
  });
  const clientOf = list => {
    const client = new AdminClient(list, { patience: 0 });
    t.after(() => client.close());
    return client;
  };
  const list = `grpc://127.0.0.1:1, ${address}`;
  assert.equal((await clientOf(list).submit("count")).state, "PENDING");
  assert.equal((await clientOf(list).wait("job-1")).state, "SUCCEEDED");
  for await (const { bytes } of clientOf(list).watchLogs("job-1")) assert.equal(String(bytes), "said");
  await assert.rejects(clientOf("grpc://127.0.0.1:1, grpc://127.0.0.1:2").submit("count"), { code: grpc.status.UNAVAILABLE });
  assert.throws(() => new AdminClient(`${address}, nowhere`), TypeError);
});
