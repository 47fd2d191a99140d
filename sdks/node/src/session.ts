import { randomBytes } from "node:crypto";
import type * as grpc from "@grpc/grpc-js";
import type { Attempt } from "./attempt.js";
import type { Channel } from "./channel.js";
import { Deferred, within } from "./clock.js";
import type { JobHandler } from "./handler.js";
import { helloOf } from "./hello.js";
import type { Settings } from "./options.js";
import { Outbox } from "./outbox.js";
import { Requests } from "./requests.js";
import type { Link, WorkRunner } from "./runner.js";
import { StartFailure } from "./sessions.js";
import { type Closed, isPermanent, meaningOf, refusal } from "./statuses.js";
import { instead } from "./too-large.js";
import { AdminToWorker, type AdminToWorkerMessage, WorkerToAdmin, type WorkerToAdminMessage, toTime } from "./wire.js";

const beatPause = 200;
/** A foreign admin hides silent workers after a time of its own, whatever its hello asks for. */
const longestSilence = 10_000;

/** One stream: a reader, one pump that writes everything, heartbeats. Ends once, with a reason. */
export class Session implements Link {
  readonly instanceId = `inst-${randomBytes(8).toString("hex")}`;
  heartbeatInterval = longestSilence;
  reconnectDelay = 5000;
  adminVersion = "unknown";
  extensions: ReadonlySet<string> = new Set();

  readonly #outbox: Outbox;
  readonly #requests: Requests;
  readonly #closed = new Deferred<Closed>();
  #closedAs: Closed | undefined;
  readonly #greeted = new Deferred<NonNullable<AdminToWorkerMessage["hello"]>>();
  readonly #streamEnded = new Deferred();
  readonly #lost = new Deferred();
  #isOver = false;
  #finishing = false;
  #begun = false;
  #isGreeted = false;
  #wasAsked = false;
  #heard: number;
  #beatAt = -Infinity;
  #cancelBeat: (() => void) | undefined;
  readonly #early: AdminToWorkerMessage[] = [];
  #pumping: Promise<void> = Promise.resolve();

  /** @param onToken Told when the admin gives the worker a token of its own. */
  constructor(
    private readonly channel: Channel,
    readonly address: string,
    private readonly settings: Settings,
    private readonly runner: WorkRunner,
    private readonly handlers: ReadonlyMap<string, JobHandler>,
    private readonly workerId: string,
    onToken: (token: string) => void,
  ) {
    const { call } = channel;
    this.#heard = settings.clock.elapsed();
    this.#outbox = new Outbox(call, settings.clock, runner, message => this.#coded(message), {
      heartbeat: () => this.#heartbeat(),
      sendsOutput: () => this.has("log"),
      stuck: () => this.close({ reason: "ConnectionLost", text: "the admin does not read; the outgoing queue is full" }),
      written: requestId => this.has("ack") || runner.completions.confirm(requestId),
      crowded: crowded => (crowded ? call.pause() : (this.#begun || !this.#isGreeted) && call.resume()),
    });
    this.#requests = new Requests(this, runner, handlers, settings, closed => this.close(closed));
    call.on("metadata", metadata => {
      this.adminVersion = String(metadata.get("plugin-admin-version")[0] ?? "unknown");
      const token = metadata.get("plugin-token")[0];
      if (token) onToken(String(token));
    });
    call.on("data", (bytes: Buffer) => this.#received(bytes));
    call.on("error", () => {
      // What it is comes as the status.
    });
    call.on("status", status => this.#ended(status));
    this.#greeted.promise.catch(() => {});
  }

  get isOurs(): boolean {
    return this.extensions.size > 0;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Settles when the session is over. */
  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  /** Settles when nothing can be sent any more. */
  get lost(): Promise<void> {
    return this.#lost.promise;
  }

  /** It ended before its time, also in the middle of a stop. */
  get wasLost(): boolean {
    return this.#closedAs?.reason === "ConnectionLost" || this.#closedAs?.reason === "HeartbeatTimeout";
  }

  has(extension: string): boolean {
    return this.extensions.has(extension);
  }

  /** Says hello and waits for the admin's; what that one asks for meanwhile is served. Throws a StartFailure. */
  async greet(claim: boolean, signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#greeted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      this.channel.call.write(this.#coded({ hello: helloOf(this.settings, this.handlers, this.workerId, this.instanceId, claim ? this.runner.running : []) }));
      this.#pumping = this.#outbox.pump().catch(error => this.close({ reason: "ProtocolError", text: `a message could not be written: ${(error as Error).message}` }));
      const hello = await this.#greeted.promise.catch(error => {
        // Whoever asks for something has taken the worker. Without a hello it knows no extensions.
        if (!this.#wasAsked || !(error instanceof StartFailure) || error.code !== "Timeout") throw error;
        this.#isGreeted = true;
      });
      if (!hello) return;
      const { accepted, message, heartbeat_interval_seconds: interval, reconnect_delay_seconds: delay, extensions } = hello;
      if (!accepted) throw new StartFailure("Rejected", message, isPermanent(message));
      this.extensions = new Set(extensions.filter(name => this.settings.extensions.includes(name)));
      if (interval > 0) this.heartbeatInterval = this.isOurs ? interval * 1000 : Math.min(interval * 1000, longestSilence);
      if (delay > 0) this.reconnectDelay = delay * 1000;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** From here on it is the session of the worker, and its reports are sent. */
  begin(): void {
    this.#begun = true;
    this.runner.attach(this);
    for (const attempt of this.runner.running) attempt.rewind();
    for (const completed of this.runner.completions.all()) this.send({ job_completed: completed });
    this.#outbox.reportSoon();
    this.#beat();
    for (const message of this.#early.splice(0)) this.#requests.take(message);
    this.channel.call.resume();
  }

  acknowledge(requestId: string, accepted: boolean, message: string): void {
    this.send({ acknowledge: { request_id: requestId, accepted, message } });
  }

  send(message: WorkerToAdminMessage, after?: Attempt, told?: (written: boolean) => void): void {
    if (this.#isOver) told?.(false);
    else this.#outbox.add(message, after, told);
  }

  wake(): void {
    this.#outbox.reportSoon();
  }

  /** A heartbeat soon: at once when the last one is long enough ago. */
  workChanged(): void {
    if (!this.#begun || this.#isOver) return;
    this.#beatIn(Math.max(0, this.#beatAt + beatPause - this.settings.clock.elapsed()));
  }

  /** The first reason counts. */
  close(closed: Closed): void {
    this.#closedAs ??= this.#finishing ? { reason: "StopRequested", text: "stop requested" } : closed;
    this.#closed.resolve(this.#closedAs);
    // After a shutdown the session lives on, so that its work can be reported.
    if (closed.reason !== "AdminShutdown") this.#end();
  }

  /**
   * Everything queued is written, then the stream is half-closed, and the admin gets a moment to end it too: a stream that is
   * reset takes with it what the other side has not read yet.
   */
  async finish(limit: number): Promise<void> {
    this.#finishing = true;
    this.#cancelBeat?.();
    const over = Promise.race([this.#outbox.finish(), this.#streamEnded.promise]).then(() => this.#streamEnded.promise);
    await within(this.settings.clock, limit, over);
  }

  /** Ends a session that never began: what it brought is for nothing. */
  async abandon(): Promise<void> {
    this.runner.cancelAll(attempt => attempt.origin !== this);
    await this.dispose();
  }

  /** Ends whatever is left; settles when nothing of it runs any more. */
  async dispose(): Promise<void> {
    this.close({ reason: "StopRequested", text: "the session was disposed" });
    this.#end();
    this.channel.close();
    await this.#pumping;
  }

  #end(): void {
    this.#isOver = true;
    this.#lost.resolve();
    this.#cancelBeat?.();
    this.#outbox.stop();
  }

  #received(bytes: Buffer): void {
    this.#heard = this.settings.clock.elapsed();
    let message: AdminToWorkerMessage;
    try {
      message = AdminToWorker.deserialize(bytes);
    } catch (error) {
      const text = `a message could not be read: ${(error as Error).message}`;
      this.#greeted.reject(new StartFailure("ProtocolError", text, true));
      this.close({ reason: "ProtocolError", text });
      return;
    }
    if (this.#isGreeted && !this.#begun) {
      this.#early.push(message);
    } else if (this.#isGreeted || !message.hello) {
      // Some admins ask before they say hello.
      this.#wasAsked = true;
      if (!this.#isOver || this.#finishing) this.#requests.take(message);
    } else {
      // What follows is read when the session has begun.
      this.channel.call.pause();
      this.#isGreeted = true;
      this.#greeted.resolve(message.hello);
    }
  }

  #ended(status: grpc.StatusObject): void {
    this.#greeted.reject(refusal(status, this.address));
    const silent = this.settings.clock.elapsed() - this.#heard >= 3 * this.heartbeatInterval;
    this.close(silent && status.details === "Connection dropped"
      ? { reason: "HeartbeatTimeout", text: "nothing was heard for three heartbeat intervals, and pings were not answered" }
      : { ...meaningOf(status), text: status.details || "the admin ended the stream" });
    this.#end();
    this.#streamEnded.resolve();
  }

  #beat(): void {
    this.#beatAt = this.settings.clock.elapsed();
    this.runner.health.ask();
    this.#outbox.beat();
    this.#cancelBeat = undefined;
    this.#beatIn(this.heartbeatInterval);
  }

  /** The earlier of what was planned and this. */
  #beatIn(milliseconds: number): void {
    if (this.#isOver) return;
    this.#cancelBeat?.();
    this.#cancelBeat = this.settings.clock.after(milliseconds, () => this.#beat());
  }

  #heartbeat(): WorkerToAdminMessage {
    const { runner, settings } = this;
    const health = runner.health.text;
    return {
      heartbeat: {
        worker_id: this.workerId,
        running_work: runner.running.map(attempt => attempt.snapshot(this.has("resume"))),
        detection_slots_used: runner.detecting,
        detection_slots_total: settings.detectionSlots,
        execution_slots_used: runner.executing,
        execution_slots_total: settings.executionSlots,
        metadata: { runtime: "node", ...(runner.draining ? { draining: "true" } : {}), ...(health ? { health } : {}) },
      },
    };
  }

  #coded(message: WorkerToAdminMessage): Buffer {
    const envelope = { worker_id: this.workerId, sent_at: toTime(this.settings.clock.now()) };
    const coded = WorkerToAdmin.serialize({ ...message, ...envelope });
    const limit = this.settings.sendLimit;
    if (coded.length <= limit) return coded;
    this.settings.logger.error(`a message of ${coded.length} bytes is not sent: the limit is ${limit}`);
    return WorkerToAdmin.serialize({ ...instead(message, coded.length, limit), ...envelope });
  }
}
