import fs from "node:fs";
import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "./clock.js";
import { addressProblems } from "./address.js";
import { descriptorProblems } from "./descriptor-checks.js";
import type { JobHandler } from "./handler.js";
import type { CloseReason, SessionSnapshot } from "./sessions.js";

/** Where the package's own messages go. */
export interface Logger {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** Paths of PEM files; read again with each dial, so that renewed ones need no restart. */
export interface TlsFiles {
  /** The authority that signed the admin's certificate; set: it is dialled with TLS whatever the form of the address. Default PLUGIN_TLS_CA. */
  ca?: string;
  /** The worker's own certificate and key, for admins that ask for one; together with `ca`. Default PLUGIN_TLS_CERT and PLUGIN_TLS_KEY. */
  cert?: string;
  key?: string;
  /** The name in the admin's certificate; default PLUGIN_TLS_SERVER_NAME, else the host that is dialled. */
  serverName?: string;
}

/** How a worker dials in and how much it takes on. Times are in milliseconds. */
export interface WorkerOptions {
  /** `host:http`, `host:http.grpc`, `grpc://host:port`, `grpcs://host:port`, or a comma list tried in order; default PLUGIN_ADMIN, else 127.0.0.1:23646. */
  address?: string;
  /** Stable identity, 1–255 printable characters; default PLUGIN_WORKER_ID, else kept in `worker.id` of the state directory, made when missing. */
  workerId?: string;
  /** Where the made identity is kept; default PLUGIN_DATA_DIR, else the current folder. */
  stateDirectory?: string;
  /** Shown to people; default the package's version. */
  version?: string;
  /** Sent as bearer token; default PLUGIN_TOKEN, unless there is a tokenFile. */
  token?: string;
  /** Where the token is instead; read at each start. */
  tokenFile?: string;
  tls?: TlsFiles;
  /** For selectors of jobs; keys of 1–63 characters. */
  labels?: Readonly<Record<string, string>>;
  /** Detections at once, all job types together; 1–10,000, default 1. */
  detectionSlots?: number;
  /** Executions at once, all job types together; 1–10,000, default 4. */
  executionSlots?: number;
  /** How long to wait for the admin's hello; default 5,000. */
  registrationTimeout?: number;
  /** For short calls of handlers, validate and health; default 2,000. */
  requestTimeout?: number;
  /** How long running work outlives a lost stream, when the admin agreed; default 15,000. */
  resumeWindow?: number;
  /** From a cancel to the end of waiting for the handler; default 10,000. */
  cancelGrace?: number;
  /** Work of handlers that are `idempotent` outlives a lost stream on any admin. Default false. */
  keepWork?: boolean;
  /** Asked of the admin, used only when it agrees; default log, ack, resume, ping, drain. */
  extensions?: readonly string[];
  /** Pause between transport pings; at least 20,000, default 60,000. */
  keepAlive?: number;
  /** Longest message that is received, in bytes; default 1 GiB. */
  receiveLimit?: number;
  /** Longest message that is sent, in bytes; default 64 MiB. Work whose answer is longer fails and says so. */
  sendLimit?: number;
  /** A connection that is already there; used by the first start, later ones dial. Not on Windows. */
  connection?: Duplex;
  /** Called once for each session that ended, when the worker can be started again: start and stop are allowed inside. */
  onClose?: (reason: CloseReason, session: SessionSnapshot) => unknown;
  /** Default: silent. */
  logger?: Logger;
  /** Default: the system's. */
  clock?: Clock;
  /** Default: the process's. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/** The options with everything filled in. */
export type Settings = Required<Omit<WorkerOptions, "token" | "tokenFile" | "connection" | "onClose" | "workerId">> &
  Pick<WorkerOptions, "token" | "tokenFile" | "connection" | "onClose" | "workerId">;

export const packageVersion = "0.1.0";

/** Longest message that is received, in bytes, where the options do not say. */
export const receiveLimit = 2 ** 30;

const silent: Logger = { info() {}, warn() {}, error() {} };

export function settingsOf(options: WorkerOptions): Settings {
  const environment = options.environment ?? process.env;
  const tls: Record<string, string | undefined> = {
    ca: environment["PLUGIN_TLS_CA"],
    cert: environment["PLUGIN_TLS_CERT"],
    key: environment["PLUGIN_TLS_KEY"],
    serverName: environment["PLUGIN_TLS_SERVER_NAME"],
    ...set(options.tls ?? {}),
  };
  return {
    address: environment["PLUGIN_ADMIN"] || "127.0.0.1:23646",
    workerId: environment["PLUGIN_WORKER_ID"] || undefined,
    stateDirectory: environment["PLUGIN_DATA_DIR"] || ".",
    version: packageVersion,
    token: options.tokenFile ? undefined : environment["PLUGIN_TOKEN"] || undefined,
    labels: {},
    detectionSlots: 1,
    executionSlots: 4,
    registrationTimeout: 5000,
    requestTimeout: 2000,
    resumeWindow: 15_000,
    cancelGrace: 10_000,
    keepWork: false,
    extensions: ["log", "ack", "resume", "ping", "drain"],
    keepAlive: 60_000,
    receiveLimit,
    sendLimit: 64 * 1024 * 1024,
    logger: silent,
    clock: systemClock,
    environment,
    ...set(options),
    tls: Object.fromEntries(Object.entries(tls).filter(([, value]) => value)),
  };
}

/** Two tokens that differ would be a riddle: which one is sent? */
export function tokenProblems({ token, tokenFile }: Pick<WorkerOptions, "token" | "tokenFile">): string[] {
  return token && tokenFile ? ["there is one token: its text (token) or its file (tokenFile)"] : [];
}

/** The token, or what its file says now. */
export function currentToken({ token, tokenFile }: Pick<WorkerOptions, "token" | "tokenFile">): string | undefined {
  return tokenFile ? fs.readFileSync(tokenFile, "utf8").trim() : token;
}

/** Without what is undefined. */
function set<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Everything that can be found wrong without a network. */
export function settingsProblems(settings: Settings, handlers: readonly JobHandler[], workerId: string): string[] {
  const problems = [...addressProblems(settings.address), ...tokenProblems(settings)];
  if (handlers.length === 0) problems.push("a worker needs at least one handler");
  const seen = new Set<string>();
  for (const handler of handlers) {
    const jobType = String(handler.descriptor?.job_type ?? "");
    problems.push(...(handler.descriptor ? descriptorProblems(handler.descriptor) : ["a handler has no descriptor"]));
    if (seen.has(jobType.toLowerCase())) problems.push(`two handlers have the job type ${jobType}`);
    seen.add(jobType.toLowerCase());
    if (!handler.detect && !handler.execute) problems.push(`the handler of ${jobType} neither detects nor executes`);
  }
  if (!/^[^\u0000-\u001f\u007f-\u009f]{1,255}$/.test(workerId) || workerId.trim() === "") problems.push("the worker id must have 1 to 255 printable characters");
  const { ca, cert, key } = settings.tls;
  if (Boolean(cert) !== Boolean(key) || (cert && !ca)) problems.push("the TLS certificate and its key are used together, and with the authority");
  for (const name of ["detectionSlots", "executionSlots"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1 || settings[name] > 10_000) problems.push(`${name} must be 1 to 10,000`);
  }
  for (const name of ["registrationTimeout", "requestTimeout", "resumeWindow", "cancelGrace", "receiveLimit", "sendLimit"] as const) {
    if (!(settings[name] > 0)) problems.push(`${name} must be above 0`);
  }
  if (!(settings.keepAlive >= 20_000)) problems.push("keepAlive must be at least 20,000: admins end a connection that pings more often");
  for (const key of Object.keys(settings.labels)) {
    if (key.length === 0 || key.length > 63) problems.push(`the label key '${key}' must have 1 to 63 characters`);
  }
  return problems;
}
