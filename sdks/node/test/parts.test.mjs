import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { addressProblems, resolveAddress } from "../dist/address.js";
import { cut } from "../dist/attempt.js";
import { ManualClock, systemClock } from "../dist/clock.js";
import { CompletionBox } from "../dist/completions.js";
import { LogRing } from "../dist/log-ring.js";
import { settingsOf } from "../dist/options.js";
import { echo, handler } from "./workers.mjs";
import { ConfigReader, DescriptorBuilder, HandlerTestHost, JobOutcome, PluginWorker, RestartPolicy, Value, bundleFacts, consoleLogger, exitCode, fromWire, parseDuration, toWire } from "../dist/index.js";

const here = path.dirname(fileURLToPath(import.meta.url));

test("the package's copies of the protocol are the protocol", () => {
  for (const name of ["plugin.proto", "job_service.proto"]) {
    assert.equal(readFileSync(path.join(here, "..", "proto", name), "utf8"), readFileSync(path.join(here, "..", "..", "..", "protos", name), "utf8"), name);
  }
});

test("plain values become the kinds that fit, and come back", () => {
  const kinds = [[true, "bool_value"], [1, "int64_value"], [2n ** 62n, "int64_value"], [0.5, "double_value"], [1e300, "double_value"], ["x", "string_value"], [Buffer.from("x"), "bytes_value"],
    [["a"], "string_list"], [[1, 2n ** 60n], "int64_list"], [[1, 0.5], "double_list"], [[true], "bool_list"], [[1, "x"], "list_value"], [{ a: 1 }, "map_value"]];
  for (const [value, kind] of kinds) {
    const wire = toWire(value);
    assert.deepEqual(Object.keys(wire), [kind]);
    const back = fromWire(wire);
    assert.deepEqual(kind === "map_value" ? { ...back } : back, value);
  }
  assert.equal(fromWire(toWire(Value.duration(1500.25))), 1500.25);
  assert.deepEqual(toWire(Value.double(3)), { double_value: 3 });
  assert.equal(fromWire({ int64_value: "9007199254740993" }), 9007199254740993n);
  assert.equal(fromWire({ int64_value: "9007199254740991" }), 9007199254740991);
  for (const bad of [null, undefined, Symbol("x"), 2n ** 63n, [null]]) assert.throws(() => toWire(bad));
});

test("the config reader coerces where nothing is lost, else says so and takes the next layer", () => {
  const saved = {
    text: { string_list: { values: ["a", "b"] } }, count: { double_value: 4 }, half: { double_value: 0.5 }, ratio: { int64_value: "2" }, number: { string_value: " 12 " },
    plus: { string_value: "+7" }, flag: { string_value: "True" }, names: { string_value: "a, b,,c" }, pause: { string_value: "1m30s" }, seconds: { int64_value: "45" },
    huge: { int64_value: "9007199254740993" }, many: { string_value: "many" }, empty: { string_value: "" }, none: {},
  };
  const told = [];
  const reader = new ConfigReader([saved, { half: { int64_value: "3" }, many: { int64_value: "8" }, none: { int64_value: "9" } }], text => told.push(text));
  assert.deepEqual([reader.text("text"), reader.text("empty", "x"), reader.text("count"), reader.text("missing", "x")], ["a,b", "", "4", "x"]);
  assert.deepEqual([reader.int64("count"), reader.int64("number"), reader.int64("plus"), reader.int64("huge"), reader.int64("none")], [4, 12, 7, 9007199254740993n, 9]);
  assert.deepEqual([reader.double("ratio"), reader.bool("flag"), reader.texts("names"), reader.duration("pause"), reader.duration("seconds")], [2, true, ["a", "b", "c"], 90_000, 45_000]);
  assert.deepEqual(told, []);
  assert.deepEqual([reader.double("huge", 1), new ConfigReader([{ even: { int64_value: String(2n ** 60n) } }]).double("even")], [1, 2 ** 60]);
  assert.match(told.pop(), /^huge is stored as int64_value/);
  assert.deepEqual([reader.int64("half"), reader.integer("many"), reader.integer("many"), reader.integer("huge", 1)], [3, 8, 8, 1]);
  assert.deepEqual(told.map(text => text.split(" ")[0]), ["half", "many"]);
  assert.deepEqual(["30", "30s", "250ms", "1h30m", "x", "", "5 s"].map(parseDuration), [30_000, 30_000, 250, 5_400_000, undefined, undefined, undefined]);
});

test("worker defaults of a descriptor go over those of its form, as the admin shows them", async () => {
  const descriptor = new DescriptorBuilder("t", "T").worker(form => form.section("s", "S", "", s => s.integer("n", "N", "", 1) && s.integer("m", "M", "", 2))).build();
  descriptor.worker_default_values = { n: { int64_value: "7" } };
  const host = new HandlerTestHost({ descriptor, execute: async ctx => JobOutcome.succeeded(`${ctx.saved.int64("n")} ${ctx.saved.int64("m")}`) });
  assert.equal((await host.execute()).text, "7 2");
  host.workerConfig = { n: 9 };
  assert.equal((await host.execute()).text, "9 2");
});

test("values are coerced as the table of all SDKs says", () => {
  const spans = /^(-?)(\d+)(?:\.(\d+))?s$/;
  const asWire = ({ bytes_value: bytes, duration_value: duration, double_value: double, ...rest }) => {
    if (bytes !== undefined) return { bytes_value: Buffer.from(bytes, "base64") };
    if (double !== undefined) return { double_value: Number(double) };
    if (duration === undefined) return rest;
    const [, sign, seconds, fraction = ""] = spans.exec(duration);
    return { duration_value: { seconds: sign + seconds, nanos: Number(sign + fraction.padEnd(9, "0")) } };
  };
  const getters = {
    text: reader => reader.text("v"), int64: reader => String(reader.int64("v")), double: reader => reader.double("v"), bool: reader => reader.bool("v"), bytes: reader => reader.bytes("v").toString("base64"),
    duration: reader => reader.duration("v") / 1000, texts: reader => reader.texts("v"), int64s: reader => reader.int64s("v").map(String),
  };
  for (const { value, ...expected } of JSON.parse(readFileSync(path.join(here, "..", "..", "config-values.json"), "utf8"))) {
    const said = {};
    for (const [name, read] of Object.entries(getters)) {
      const reader = new ConfigReader([{ v: asWire(value) }]);
      const found = read(reader);
      if (reader.warnings.length === 0) said[name] = found;
    }
    if (typeof expected.duration === "number") {
      assert.ok(Math.abs(said.duration - expected.duration) <= 1e-6, `${JSON.stringify(value)} as a duration: ${said.duration}`);
      said.duration = expected.duration;
    }
    assert.deepEqual(said, expected, JSON.stringify(value));
  }
});

test("a descriptor with mistakes cannot be built, and all of them are told", () => {
  const build = form => new DescriptorBuilder("x", "X").worker(form).build();
  const mistakes = [
    [form => form.section("a", "A", "", s => { s.text("n", "", ""); s.toggle("n", "", ""); }), /the name n is used twice/],
    [form => form.section("a", "A", "", () => {}).section("a", "A", "", () => {}), /the section a is there twice/],
    [form => form.section("a", "A", "", s => s.integer("n", "", "", 9).range(1, 5)), /the default of n is outside its range/],
    [form => form.section("a", "A", "", s => s.integer("n", "", "", 1).range(5, 1)), /above its highest/],
    [form => form.section("a", "A", "", s => s.integer("n", "", "", "many")), /the default of n cannot be used/],
    [form => form.section("a", "A", "", s => s.list("n", "", "", "text")), /is a string_value, which does not fit/],
    [form => form.section("a", "A", "", s => s.text("", "", "")), /a field has no name/],
    [form => form.section("a", "A", "", s => s.text("n", "", "").visibleWhen("m", true)), /depends on m/],
    [form => form.section("a", "A", "", s => s.select("n", "", "", "c", [["a", "A"]])), /c of n is none of its choices/],
    [form => form.section("a", "A", "", s => s.select("n", "", "", "", [])), /has no choices/],
    [form => form.section("a", "A", "", s => s.text("n", "", "").maxLength(-1)), /n has a limit that is no number of 0 or more/],
    [form => form.section("a", "A", "", s => s.list("n", "", "").minItems(1.5)), /n has a limit that is no number of 0 or more/],
  ];
  for (const [form, expected] of mistakes) assert.throws(() => build(form), expected);
  assert.throws(() => new DescriptorBuilder("a b", "").build(), /is not a job type/);
  assert.throws(() => new DescriptorBuilder("a", "", { version: 0 }).build(), /version/);
  assert.throws(() => new DescriptorBuilder("a", "").runtime({ retryLimit: -1 }).build(), /retry_limit/);
  const good = new DescriptorBuilder("x", "X").runtime({ detectionIntervalMinutes: 5 }).worker(form => form.section("job", "Job", "", s => {
    s.integer("count", "Count", "", 3).range(1, 5);
    s.text("target", "Target", "").required();
    s.duration("pause", "Pause", "", 1500);
    s.secret("key", "Key", "");
  })).build();
  assert.deepEqual(good.admin_runtime_defaults, { enabled: true, detection_interval_minutes: 5 });
  assert.deepEqual(Object.keys(good.worker_default_values), ["count", "pause"]);
});

test("the restart policy restarts for what may pass, after pauses that double", () => {
  const restarts = ["ConnectionLost", "HeartbeatTimeout", "Unreachable", "Timeout", "Rejected"];
  for (const reason of [...restarts, "StopRequested", "AdminShutdown", "Replaced", "ProtocolError", "Canceled"]) {
    assert.equal(RestartPolicy.restarts(reason), restarts.includes(reason), reason);
  }
  assert.equal(RestartPolicy.restarts("Rejected", true), false);
  const policy = new RestartPolicy({ jitter: () => 0.5 });
  assert.deepEqual([1, 2, 3, 4, 99].map(tries => policy.delay(tries, 5000)), [5000, 10_000, 20_000, 30_000, 30_000]);
  assert.deepEqual([1, 2, 9].map(tries => policy.delayAtWork(tries)), [200, 2000, 2000]);
  assert.deepEqual([0, 1].map(jitter => Math.round(new RestartPolicy({ jitter: () => jitter }).delay(1, 1000))), [800, 1200]);
});

test("a log ring keeps what was not taken, and 768 KiB of what was, with their offsets", () => {
  const ring = new LogRing();
  const bytes = Buffer.from(Uint8Array.from({ length: 1_700_000 }, (_, i) => i % 253));
  for (let at = 0; at < bytes.length; at += 7001) ring.append(bytes.subarray(at, at + 7001));
  const read = () => {
    const pieces = [];
    for (let piece; (piece = ring.take()); ) pieces.push(piece);
    return pieces;
  };
  for (const from of [1_700_000 - LogRing.kept, 1_700_000 - LogRing.again]) {
    const pieces = read();
    assert.equal(pieces[0].offset, from);
    assert.ok(Buffer.concat(pieces.map(piece => piece.bytes)).equals(bytes.subarray(from)));
    ring.rewind();
  }
  // What waits to be taken does not push out what was taken last.
  read();
  ring.append(Buffer.alloc(LogRing.capacity, 7));
  ring.rewind();
  assert.equal(read()[0].offset, 1_700_000 - LogRing.again);
  ring.append(Buffer.alloc(LogRing.kept + 5, 7));
  assert.equal(read()[0].offset, 1_700_000 + LogRing.capacity + 5);
});

test("texts are cut between characters", () => {
  assert.equal(cut("äöü", 5), "äö");
  assert.equal(cut("x".repeat(20_000)).length, 16 * 1024);
  assert.equal(cut("short"), "short");
});

test("a wait of more than 24 days is neither over at once nor an exception", async () => {
  let called = false;
  const cancel = systemClock.after(2147483647 * 1000, () => (called = true));
  await new Promise(resolve => setTimeout(resolve, 20));
  cancel();
  assert.equal(called, false);
});

test("the worker port is asked of the status page, and guessed when that does not tell", async () => {
  let answer = [200, '{"worker_grpc_port": 4711}'];
  const server = http.createServer((request, response) => {
    if (request.url === "/elsewhere") return response.end('{"worker_grpc_port": 4712}');
    const [status, body, headers] = answer;
    response.writeHead(status, headers).end(body);
  }).listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  const { port } = server.address();
  const never = new AbortController().signal;
  const found = async entry => (await resolveAddress(entry, never)).authority;
  assert.equal(await found(`127.0.0.1:${port}`), "127.0.0.1:4711");
  for (const wrong of [[401, ""], [200, "no json"], [200, "null"], [200, '{"worker_grpc_port": 0}'], [200, '{"worker_grpc_port": "4711"}'], [200, "x".repeat(100_000)]]) {
    answer = wrong;
    assert.equal(await found(`127.0.0.1:${port}`), `127.0.0.1:${port + 10_000}`);
  }
  answer = [302, "", { location: "/elsewhere" }];
  assert.equal(await found(`127.0.0.1:${port}`), "127.0.0.1:4712");
  server.close();
  assert.equal(await found("admin:80.8080"), "admin:8080");
  assert.deepEqual(await resolveAddress("grpcs://admin:443", never), { authority: "admin:443", secure: true });
});

test("an address has ports from 1 to 65535, and one of IPv6 is in brackets", async () => {
  for (const entry of ["host:0", "host:80.0", "grpc://host:0", "grpcs://host:70000", "host:70000", "host:80.70000"]) {
    assert.deepEqual(addressProblems(entry), [`'${entry}' is not an address; use host:port, host:http.grpc or grpc://host:port, with a port of 1 to 65535`]);
  }
  for (const entry of ["::1:23646", "::1:80.8080", "grpc://::1:23646", "host:1:2", "[host]:1", "[::1:80"]) {
    assert.deepEqual(addressProblems(entry), [`'${entry}' is not an address; use host:port, host:http.grpc or grpc://host:port, an address of IPv6 in brackets, such as [::1]:23646`]);
  }
  for (const entry of ["host", ":1", "host:1.2.3", "http://host:1", "grpc://host", "grpc://host:1/x", "grpc://host:1.2", "ho st:1"]) {
    assert.deepEqual(addressProblems(entry), [`'${entry}' is not an address; use host:port, host:http.grpc or grpc://host:port`]);
  }
  const target = async entry => (await resolveAddress(entry, new AbortController().signal)).authority;
  assert.deepEqual(addressProblems("host:1, host:0.1, [::1]:23646, [::1]:1.2, grpc://[::1]:1, grpcs://host:65535"), []);
  assert.deepEqual([await target("[::1]:1.2"), await target("grpc://[::1]:1"), await target("host:0.1")], ["[::1]:2", "[::1]:1", "host:1"]);
  await assert.rejects(resolveAddress("host:0", new AbortController().signal), TypeError);
});

test("an identity is given, else of the environment, else kept in a file", t => {
  const stateDirectory = mkdtempSync(path.join(os.tmpdir(), "worker-id-"));
  t.after(() => rmSync(stateDirectory, { recursive: true }));
  const made = new PluginWorker({ stateDirectory, environment: {} }, [echo]).workerId;
  assert.match(made, /^w-[a-z0-9]{1,12}-[0-9a-f]{8}$/);
  assert.equal(new PluginWorker({ stateDirectory, environment: {} }, [echo]).workerId, made);
  assert.equal(new PluginWorker({ stateDirectory, environment: { PLUGIN_WORKER_ID: "of-env" } }, [echo]).workerId, "of-env");
  assert.equal(new PluginWorker({ workerId: "given", environment: { PLUGIN_WORKER_ID: "of-env" } }, [echo]).workerId, "given");
  const environment = { PLUGIN_TLS_CA: "ca", PLUGIN_TLS_CERT: "cert", PLUGIN_TLS_KEY: "key", PLUGIN_TLS_SERVER_NAME: "name" };
  assert.deepEqual(settingsOf({ tls: { ca: "mine" }, environment }).tls, { ca: "mine", cert: "cert", key: "key", serverName: "name" });
  assert.deepEqual([settingsOf({ environment }).tls.ca, settingsOf({ environment: {} }).tls], ["ca", {}]);
});

test("results that nobody confirms are kept: 1,000 of them, a day each", async () => {
  const clock = new ManualClock();
  const box = new CompletionBox(clock);
  const keep = number => box.keep({ request_id: `r-${number}` });
  const kept = () => box.all().map(completed => completed.request_id);
  for (let number = 0; number < 1002; number++) keep(number);
  assert.deepEqual(kept(), Array.from({ length: 1000 }, (_, n) => `r-${n + 2}`));
  await clock.advance(3_600_000);
  keep("later");
  await clock.advance(23 * 3_600_000);
  assert.deepEqual([kept().length, kept().at(-1)], [1000, "r-later"]);
  await clock.advance(1);
  assert.deepEqual(kept(), ["r-later"]);
  await clock.advance(3_600_000);
  assert.deepEqual(kept(), []);
});

test("the log on stderr begins at the level that the environment names", t => {
  let said = "";
  t.mock.method(process.stderr, "write", text => {
    said += text;
    return true;
  });
  const told = environment => {
    said = "";
    const logger = consoleLogger(environment);
    logger.info("one");
    logger.warn("two");
    logger.error("three");
    return said.split("\n").slice(0, -1).map(line => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ""));
  };
  const all = ["info one", "warning two", "error three"];
  const levels = { debug: all, info: all, "": all, loud: all, warning: all.slice(1), WARN: all.slice(1), error: all.slice(2) };
  for (const [level, expected] of Object.entries(levels)) assert.deepEqual(told({ PLUGIN_LOG_LEVEL: level }), expected, level);
  assert.deepEqual(told({}), all);
});

test("bundle facts and exit codes", () => {
  assert.deepEqual(bundleFacts({ PLUGIN_BUNDLE: "b", PLUGIN_SETTINGS: '{"a":1}' }), { name: "b", version: "", directory: "", dataDirectory: "", settings: { a: 1 } });
  assert.throws(() => bundleFacts({ PLUGIN_SETTINGS: "[]" }), /JSON object/);
  assert.deepEqual(["StopRequested", "AdminShutdown", "Rejected", "Replaced"].map(reason => exitCode({ reason, permanent: true })), [0, 0, 77, 70]);
});

test("the test host runs a handler with a clock turned by hand", async () => {
  const nap = {
    descriptor: new DescriptorBuilder("nap", "Nap").worker(form => form.section("job", "Job", "", s => s.integer("n", "N", "", 2))).build(),
    async *detect(context) { for (let n = 0; n < context.config.integer("n"); n++) yield { id: `p-${n}` }; },
    execute: async context => {
      context.report({ percent: 10 });
      await context.output("stderr", "zzz");
      await new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(context.signal.reason)));
    },
  };
  const host = new HandlerTestHost(nap);
  assert.equal((await host.detect()).length, 2);
  host.workerConfig = { n: 5 };
  assert.equal((await host.detect({ maxResults: 3 })).length, 3);
  const ended = assert.rejects(host.execute({}, { timeout: 60_000 }), { name: "AbortError", message: "timeout" });
  await host.clock.advance(60_000);
  await ended;
  assert.deepEqual([host.outputOf("stderr"), host.output, host.progress], ["zzz", "zzz", [{ percent: 10 }]]);
  const strict = handler("strict", { validate: () => "no", execute: () => JobOutcome.succeeded() });
  assert.equal((await new HandlerTestHost(strict).execute()).text, "no");
  assert.throws(() => new HandlerTestHost({ execute() {} }), /the handler has no descriptor/);
});
