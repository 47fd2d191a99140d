import http from "node:http";
import { RestartPolicy, type RestartPolicyOptions } from "./policy.js";
import { type CloseReason, StartFailure, type StartFailureCode } from "./sessions.js";
import type { PluginWorker } from "./worker.js";
import type { Logger } from "./options.js";

/** Facts about the bundle a process was started from; texts are empty when it was started by hand. */
export interface BundleFacts {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
  readonly dataDirectory: string;
  /** PLUGIN_SETTINGS; an empty object when there are none. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Reads the variables a pool or bundle sets. Throws when PLUGIN_SETTINGS is no JSON object. */
export function bundleFacts(environment: Readonly<Record<string, string | undefined>> = process.env): BundleFacts {
  const settings: unknown = JSON.parse(environment["PLUGIN_SETTINGS"] || "{}");
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) throw new TypeError("PLUGIN_SETTINGS must be a JSON object");
  return {
    name: environment["PLUGIN_BUNDLE"] ?? "",
    version: environment["PLUGIN_BUNDLE_VERSION"] ?? "",
    directory: environment["PLUGIN_BUNDLE_DIR"] ?? "",
    dataDirectory: environment["PLUGIN_DATA_DIR"] ?? "",
    settings: settings as Record<string, unknown>,
  };
}

const levels = ["debug", "info", "warning", "error"];

/** Lines on stderr, from PLUGIN_LOG_LEVEL (debug, info, warning, error; default info) up. */
export function consoleLogger(environment: Readonly<Record<string, string | undefined>> = process.env): Logger {
  const asked = levels.indexOf((environment["PLUGIN_LOG_LEVEL"] || "info").toLowerCase().replace(/^warn$/, "warning"));
  const lowest = asked < 0 ? levels.indexOf("info") : asked;
  const say = (level: string, text: string) => {
    if (levels.indexOf(level) >= lowest) process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`);
  };
  return { info: text => say("info", text), warn: text => say("warning", text), error: text => say("error", text) };
}

/** The exit code of a process whose worker ended so: 0 asked for, 69 may pass, 77 rejected for good, 70 all else. */
export function exitCode(end: { reason: CloseReason; permanent: boolean } | { code: StartFailureCode; permanent: boolean }): number {
  const why = "reason" in end ? end.reason : end.code;
  if (why === "StopRequested" || why === "AdminShutdown" || why === "Canceled") return 0;
  if (why === "Rejected" && end.permanent) return 77;
  return RestartPolicy.restarts(why, end.permanent) ? 69 : 70;
}

export interface MainOptions {
  /** Default true: dials again after ends that may pass. False: one session, and exit code 69 when nobody answers. */
  forever?: boolean;
  policy?: RestartPolicyOptions;
}

/**
 * The whole of a worker process: serves until SIGTERM or SIGINT, then drains, **and ends the process**: 0 after a stop or the
 * admin's shutdown, 69 unreachable, 70 internal, 77 rejected for good. A promise that fails and that nobody waits for is logged; an
 * exception that nobody catches drains as well. With PLUGIN_HEALTH_PORT set, `/health`, `/ready`
 * and `/metrics` answer on that port of the loopback address. Nothing else in this package ends a process.
 * @param make Makes the worker: mistakes in its options end the process with 70 and one line on stderr.
 */
export function main(make: () => PluginWorker, options?: MainOptions): Promise<never>;
/**
 * @deprecated Give the function that makes the worker. One that is made before `main` is called throws before `main` can know
 * of it: mistakes in its options end the process with Node's own exit code 1 and a stack trace.
 */
export function main(worker: PluginWorker, options?: MainOptions): Promise<never>;
export async function main(worker: PluginWorker | (() => PluginWorker), options: MainOptions = {}): Promise<never> {
  const stop = new AbortController();
  let isBroken = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
  // A handler that forgets a promise has done no more harm than one that fails.
  process.on("unhandledRejection", error => void process.stderr.write(`a promise that nobody waits for failed: ${stackOf(error)}\n`));
  // Whoever was to go on after the throw does not: nothing new is begun here, and what runs may end.
  process.on("uncaughtException", error => {
    process.stderr.write(`nobody caught this, the process ends: ${stackOf(error)}\n`);
    isBroken = true;
    stop.abort();
  });
  const made = typeof worker === "function" ? await orEnd("the worker cannot be made", worker) : worker;
  const port = process.env["PLUGIN_HEALTH_PORT"];
  if (port) await orEnd("the health port cannot be opened", () => serveHealth(made, Number(port)));
  const code = await serve(made, options, stop.signal);
  process.exit(isBroken ? 70 : code);
}

function stackOf(error: unknown): string {
  return String((error as Error | undefined)?.stack ?? error);
}

async function orEnd<T>(what: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    process.stderr.write(`${what}: ${(error as Error).message.replaceAll("\n", "; ")}\n`);
    process.exit(70);
  }
}

async function serve(worker: PluginWorker, options: MainOptions, signal: AbortSignal): Promise<number> {
  try {
    return exitCode(await (options.forever === false ? worker.run({ signal }) : worker.runForever(options.policy, { signal })));
  } catch (error) {
    if (signal.aborted) return 0;
    process.stderr.write(`${stackOf(error)}\n`);
    return error instanceof StartFailure ? exitCode(error) : 70;
  }
}

/** For probes of a cluster: `/health` 200 while the process lives, `/ready` 503 until the worker is served, `/metrics` for Prometheus. */
export async function serveHealth(worker: PluginWorker, port: number): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    if (request.url === "/metrics") {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(worker.metrics);
      return;
    }
    const known = request.url === "/health" || request.url === "/ready";
    const status = !known ? 404 : request.url === "/ready" && worker.state !== "Running" ? 503 : 200;
    response.writeHead(status, { "content-type": "text/plain" }).end(known ? `${worker.state}\n` : "not found\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
