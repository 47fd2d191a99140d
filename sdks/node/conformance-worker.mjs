#!/usr/bin/env node
// The program the conformance kit drives: commands as JSON lines on stdin, answers and events on stdout (sdks/conformance/README.md).
import net from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { PluginWorker, RestartPolicy, StartFailure, exitCode } from "./dist/index.js";
import { constructed, handlersOf } from "./conformance-handlers.mjs";

const say = message => process.stdout.write(`${JSON.stringify(message, (_, value) => (typeof value === "bigint" ? Number(value) : value))}\n`);
const log = level => text => say({ event: "log", level, text: String(text) });

const kinds = {
  address: "string", worker_id: "string", state_dir: "string", token: "string", handlers: "object", detection_slots: "number", execution_slots: "number",
  registration_timeout_ms: "number", resume_window_ms: "number", cancel_grace_ms: "number", keepalive_ms: "number", extensions: "object", ready_connection: "string",
  receive_limit: "number", send_limit: "number",
};
const set = {};
const underWay = new Map();
let policy = [];
let worker;
let forever;

let connection;

class Invalid extends Error {}

function connect(address) {
  const [host, port] = address.split(/:(?=\d+$)/);
  return net.connect({ host, port: Number(port), allowHalfOpen: true }).on("error", () => {});
}

function construct() {
  if (worker) return worker;
  const options = {
    address: set.address, workerId: set.worker_id, stateDirectory: set.state_dir, token: set.token,
    detectionSlots: set.detection_slots, executionSlots: set.execution_slots, registrationTimeout: set.registration_timeout_ms,
    resumeWindow: set.resume_window_ms, cancelGrace: set.cancel_grace_ms, keepAlive: set.keepalive_ms, receiveLimit: set.receive_limit, sendLimit: set.send_limit, extensions: set.extensions,
    connection,
    logger: { info() {}, warn: log("warning"), error: log("error") },
    onClose,
  };
  try {
    return (worker = new PluginWorker(options, handlersOf(set.handlers, say)));
  } catch (error) {
    throw new Invalid(error.message);
  }
}

async function onClose(reason, session) {
  say({ event: "closed", reason, generation: session.generation });
  for (const action of policy) {
    if (action === "throw") throw new Error("thrown in OnClose");
    if (action === "restart" && !RestartPolicy.restarts(reason)) continue;
    try {
      await (action === "stop" ? worker.stop() : worker.start());
      say({ event: "did", do: action, ok: true });
    } catch (error) {
      say({ event: "did", do: action, ok: false, error: codeOf(error) });
    }
  }
}

const ended = result => ({ reason: result?.reason ?? null, generation: result?.session?.generation ?? 0, text: result?.text ?? "" });

const commands = {
  set(args) {
    if (worker) throw new Invalid("the stub is constructed");
    for (const [name, value] of Object.entries(args)) {
      if (typeof value !== kinds[name]) throw new Invalid(`${name} is no option, or has another type`);
      set[name] = value;
    }
    if (args.ready_connection) connection = connect(args.ready_connection);
  },
  new: () => void construct(),
  start: async (_, signal) => ({ generation: (await construct().start({ signal })).generation }),
  stop: async args => void (await construct().stop({ drain: args.drain ?? true, grace: args.grace_ms ?? 30_000 })),
  run: async (_, signal) => ended(await construct().run({ signal })),
  wait: async (_, signal) => ended(await construct().wait({ signal })),
  run_forever: async (args, signal) => {
    const running = construct().runForever({}, { signal });
    if (args.exit) forever = running.then(exitCode, error => (error instanceof StartFailure ? exitCode(error) : signal.aborted ? 0 : 70));
    return ended(await running);
  },
  cancel: args => void underWay.get(args.target)?.abort(new DOMException("canceled", "AbortError")),
  policy: args => void (policy = args.on_close ?? []),
  state() {
    const stub = construct();
    return {
      state: stub.state, worker_id: stub.workerId, generation: stub.session?.generation ?? 0, instance_id: stub.session?.instanceId ?? "",
      extensions: [...(stub.session?.extensions ?? [])], registration_timeout_ms: stub.registrationTimeout, request_timeout_ms: stub.requestTimeout,
      heartbeat_interval_ms: stub.heartbeatInterval, reconnect_delay_ms: stub.reconnectDelay, admin_version: stub.adminVersion, constructed,
    };
  },
};

function codeOf(error) {
  if (error instanceof Invalid) return "Invalid";
  if (error instanceof StartFailure) return error.code;
  return error?.name === "AbortError" ? "Canceled" : "Internal";
}

async function take(line) {
  const { id, do: name, args = {} } = JSON.parse(line);
  const cancel = new AbortController();
  underWay.set(id, cancel);
  let answer;
  try {
    if (name !== "exit" && !Object.hasOwn(commands, name)) throw new Invalid(`unknown command ${name}`);
    answer = { id, ok: true, ...(name === "exit" ? {} : await commands[name](args, cancel.signal)) };
  } catch (error) {
    const code = codeOf(error);
    answer = { id, ok: false, error: code, text: code === "Internal" ? String(error?.stack) : error.message, ...(code === "Rejected" ? { permanent: error.permanent } : {}) };
  }
  underWay.delete(id);
  say(answer);
  if (name === "exit") await exit();
  if (name === "run_forever" && args.exit) process.exit(await forever);
}

async function exit() {
  await Promise.race([worker?.stop({ drain: false }), pause(2000)]);
  process.exit(0);
}

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await worker?.stop();
    process.exit(forever ? await forever : 0);
  });
}

const input = createInterface({ input: process.stdin });
input.on("line", line => void take(line));
input.on("close", () => void exit());
say({ event: "ready", pid: process.pid, sdk: "node 0.1.0", blocks_loop: true, single_loop: true });
