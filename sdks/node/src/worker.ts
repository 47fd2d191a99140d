import { Deferred, sleep, unlessAborted, within } from "./clock.js";
import { Dialler } from "./dialler.js";
import { drainSession } from "./drain.js";
import { WorkerFigures } from "./figures.js";
import type { JobHandler } from "./handler.js";
import { findWorkerId } from "./identity.js";
import { type Settings, type WorkerOptions, settingsOf, settingsProblems } from "./options.js";
import { RestartPolicy, type RestartPolicyOptions } from "./policy.js";
import { WorkRunner, place } from "./runner.js";
import type { Session } from "./session.js";
import { type CloseReason, type RunResult, type SessionSnapshot, StartFailure, type WorkerState } from "./sessions.js";

const drainGrace = 30_000;
/** Sessions of one id that end so soon, so often: somebody else uses it. */
const soon = 10_000;
const suspicious = 3;
/** So many tries that the pause is the longest. */
const longest = 20;

export interface StopOptions {
  /** Default true: running work is finished within the grace and its results are sent. False: it is cancelled now. */
  drain?: boolean;
  /** In ms; default 30,000. */
  grace?: number;
}

/** From the call of start to the end of what it began. */
class Round {
  readonly starting = new AbortController();
  /** Settled when the start has succeeded or failed. */
  readonly decided = new Deferred();
  /** Settled with the end of the session; undefined when the start failed. */
  readonly ended = new Deferred<RunResult | undefined>();
  /** Settled when onClose has been told as well, or the start has failed. */
  readonly told = new Deferred();
  session: Session | undefined;
  snapshot: SessionSnapshot | undefined;
  stopRequested = false;
  /** Resolved to cut a drain short. */
  readonly cut = new Deferred();
  draining: Promise<void> | undefined;
}

/**
 * A worker that dials in, serves, and can be started again after every kind of end. It never reconnects by itself:
 * {@link runForever} does, for those who want that.
 */
export class PluginWorker {
  /** The stable identity. */
  readonly workerId: string;

  readonly #settings: Settings;
  readonly #handlers: ReadonlyMap<string, JobHandler>;
  readonly #runner: WorkRunner;
  readonly #dialler: Dialler;
  readonly #figures: WorkerFigures;
  #state: WorkerState = "Created";
  #round: Round | undefined;
  #session: SessionSnapshot | undefined;
  #generation = 0;
  #mayClaim = false;
  #cancelResume: (() => void) | undefined;
  /** The last session ended before its time. */
  #wasLost = false;
  /** Settled when the runForever under way has ended, which after a stop still brings home what a lost stream left. */
  #forever: Deferred | undefined;
  /** By the clock; what is not home by then is given up. */
  #homeBy = Infinity;
  #stops = 0;
  #onStop: (() => void) | undefined;

  /** Checks everything that can be checked without a network. Throws a TypeError with all findings, one per line. */
  constructor(options: WorkerOptions, handlers: readonly JobHandler[]) {
    this.#settings = settingsOf(options);
    this.workerId = findWorkerId(this.#settings);
    const problems = settingsProblems(this.#settings, handlers, this.workerId);
    if (problems.length > 0) throw new TypeError(problems.join("\n"));
    this.#handlers = new Map(handlers.map(handler => [handler.descriptor.job_type.toLowerCase(), handler]));
    this.#figures = new WorkerFigures(this.workerId);
    this.#runner = new WorkRunner(this, this.#handlers, this.#settings, this.workerId, this.#figures);
    this.#dialler = new Dialler(this.#settings, this.#runner, this.#handlers, this.workerId);
  }

  /** Where it is in its life. */
  get state(): WorkerState {
    return this.#state;
  }

  /** The current session, or the last one; undefined before the first. */
  get session(): SessionSnapshot | undefined {
    return this.#session;
  }

  /** How long a start waits for the admin's hello, in ms. */
  get registrationTimeout(): number {
    return this.#settings.registrationTimeout;
  }

  /** For short calls of handlers, in ms. */
  get requestTimeout(): number {
    return this.#settings.requestTimeout;
  }

  /** In ms; the default until an admin asked for another. */
  get heartbeatInterval(): number {
    return this.#known?.heartbeatInterval ?? 10_000;
  }

  /** In ms; the default until an admin asked for another. */
  get reconnectDelay(): number {
    return this.#known?.reconnectDelay ?? 5000;
  }

  /** "unknown" until an admin told it. */
  get adminVersion(): string {
    return this.#known?.adminVersion ?? "unknown";
  }

  /** What it counted, in Prometheus's text format: attempts, proposals, sessions, what runs, results that wait for their acknowledgement. */
  get metrics(): string {
    const { executing, detecting, completions } = this.#runner;
    return this.#figures.toText({ executing, detecting, kept: completions.all().length });
  }

  /**
   * Dials and registers; settles when the admin has accepted. Throws a {@link StartFailure}; the worker is stopped then and can
   * be started again, except when it was started already.
   */
  async start(options: { signal?: AbortSignal } = {}): Promise<SessionSnapshot> {
    await this.#start(options.signal);
    return this.#session!;
  }

  /**
   * Ends the session, or a start under way, and a {@link runForever}, which when the stream is away dials on within the grace to
   * deliver results. Settles after onClose; called from inside onClose of that session or a handler it does not wait. Never throws;
   * does nothing when there is nothing to end.
   */
  async stop(options: StopOptions = {}): Promise<void> {
    await this.#stop(options);
    if (place.getStore()?.worker !== this) await this.#forever?.promise;
  }

  /** A stop that does not wait for runForever, which may be the one who calls. */
  async #stop({ drain = true, grace = drainGrace }: StopOptions = {}): Promise<void> {
    const keepsWork = drain && this.#forever !== undefined;
    const round = this.#round;
    const here = place.getStore();
    const isHandler = here?.worker === this && here.round === undefined;
    this.#stops++;
    this.#homeBy = Math.min(this.#homeBy, this.#settings.clock.elapsed() + (drain ? grace : 0));
    this.#mayClaim = this.#mayClaim && keepsWork;
    this.#onStop?.();
    if (!round) {
      if (keepsWork) return;
      this.#giveUpWork();
      if (!isHandler) await this.#idle();
      return;
    }
    round.stopRequested = true;
    if (!round.session) {
      round.starting.abort(new StartFailure("Canceled", "the start was cancelled"));
    } else {
      this.#state = "Stopping";
      if (!drain) round.cut.resolve();
      round.draining ??= this.#drain(round, drain ? grace : 0).then(() => round.session!.close({ reason: "StopRequested", text: "stop requested" }));
    }
    if (isHandler || (here?.worker === this && here.round === round)) return;
    await round.told.promise;
    if (!round.session && !keepsWork) await this.#idle();
  }

  /** Waits for the end of the session that is current now; a later one does not prolong it. Undefined when there is none, or its start fails. */
  async wait(options: { signal?: AbortSignal } = {}): Promise<RunResult | undefined> {
    return this.#round && unlessAborted(this.#round.ended.promise, options.signal);
  }

  /**
   * Starts and serves until the session ends. An aborted signal drains and stops, in service or while starting, and its reason
   * is thrown. Throws a {@link StartFailure} when it could not start.
   */
  async run(options: { signal?: AbortSignal } = {}): Promise<RunResult> {
    const { signal } = options;
    let round: Round;
    try {
      round = await this.#start(signal);
    } catch (error) {
      if (!signal?.aborted || !(error instanceof StartFailure) || error.code !== "Canceled") throw error;
      await this.#stop();
      throw signal.reason;
    }
    try {
      return (await unlessAborted(round.ended.promise, signal))!;
    } catch (error) {
      if (this.#round === round) await this.#stop();
      throw error;
    }
  }

  /**
   * Serves, and dials again after ends that may pass; settles with the first that does not, or with a stop. The shutdown of an
   * admin that knows no extensions may pass: nobody there starts the worker again. Throws the StartFailure of a start that failed
   * for good, and the signal's reason when that is aborted.
   */
  async runForever(policy: RestartPolicy | RestartPolicyOptions = {}, options: { signal?: AbortSignal } = {}): Promise<RunResult> {
    if (this.#forever) throw new StartFailure("AlreadyStarted", "runForever is under way");
    const rules = policy instanceof RestartPolicy ? policy : new RestartPolicy(policy);
    const stops = this.#stops;
    const forever = (this.#forever = new Deferred());
    this.#homeBy = Infinity;
    try {
      return await this.#serve(rules, options);
    } finally {
      if (this.#stops !== stops) await this.#bringHome(rules);
      this.#forever = undefined;
      forever.resolve();
    }
  }

  async #serve(rules: RestartPolicy, options: { signal?: AbortSignal }): Promise<RunResult> {
    const { clock, logger } = this.#settings;
    const stops = this.#stops;
    let tries = 0;
    let triesAtWork = 0;
    let losses = 0;
    let lostAt: number | undefined;
    while (true) {
      try {
        const result = await this.run(options);
        const passes = RestartPolicy.restarts(result.reason, result.permanent) || (result.reason === "AdminShutdown" && result.session?.extensions.size === 0);
        if (!passes) return result;
        if (result.served >= rules.resetAfter) tries = 0;
        losses = result.session?.extensions.size === 0 && result.reason === "ConnectionLost" && result.served < soon ? losses + 1 : 0;
        lostAt = result.reason === "ConnectionLost" || result.reason === "HeartbeatTimeout" ? clock.elapsed() : undefined;
        triesAtWork = 0;
        logger.warn(`the session ended (${result.reason}): ${result.text}; dialling again`);
      } catch (error) {
        if (this.#stops !== stops && error instanceof StartFailure && error.code === "Canceled") return this.#stopResult();
        if (!(error instanceof StartFailure) || !RestartPolicy.restarts(error.code, error.permanent)) throw error;
        // Who was there and said no is not asked again at once.
        if (error.code === "Rejected") lostAt = undefined;
        logger.warn(`not connected: ${error.message}; trying again`);
      }
      if (this.#stops !== stops) return this.#stopResult();
      let pause: number;
      if (losses >= suspicious) {
        logger.warn(`another worker may use this id (${this.workerId}): ${losses} sessions were lost within ${soon / 1000} s of their start`);
        pause = rules.delay(longest, this.reconnectDelay);
      } else if (lostAt !== undefined && clock.elapsed() - lostAt < this.#settings.resumeWindow && this.#holdsWork) {
        pause = rules.delayAtWork(++triesAtWork);
      } else {
        pause = rules.delay(++tries, this.reconnectDelay);
      }
      if (!(await this.#pause(pause, options.signal))) return this.#stopResult();
    }
  }

  /** After a stop while the stream is away: work ends and results are delivered, as long as the drain may take. */
  async #bringHome(rules: RestartPolicy): Promise<void> {
    const { clock, logger } = this.#settings;
    for (let tries = 1; this.#isCutOff && clock.elapsed() < this.#homeBy; tries++) {
      this.#runner.announceStop();
      const limit = new AbortController();
      const cancel = clock.after(this.#homeBy - clock.elapsed(), () => limit.abort());
      try {
        await this.#start(limit.signal, true);
        await this.#stop({ grace: Math.max(0, this.#homeBy - clock.elapsed()) });
        continue;
      } catch (error) {
        const { code, message, permanent } = error as StartFailure;
        if (!RestartPolicy.restarts(code, permanent)) break;
        logger.warn(`not connected: ${message}; trying again to deliver what is left`);
      } finally {
        cancel();
      }
      await this.#pause(Math.min(rules.delayAtWork(tries), this.#homeBy - clock.elapsed()), undefined);
    }
    // Whoever has started it anew takes along what is left.
    if (this.#state !== "Stopped") return;
    if (this.#isCutOff) {
      const [results, attempts] = [this.#runner.completions.all().length, this.#runner.running.length];
      logger.error(`the admin did not come back in time for the stop; results not delivered: ${results}, attempts cancelled: ${attempts}`);
    }
    this.#mayClaim = false;
    this.#giveUpWork();
    await this.#idle();
  }

  get #known(): SessionSnapshot | undefined {
    return this.#state === "Starting" ? undefined : this.#session;
  }

  /** Work that the next session may claim, or results that the admin has yet to confirm. Nothing finds its way back to an admin that knows neither. */
  get #holdsWork(): boolean {
    return (this.#mayClaim && this.#runner.running.length > 0) || (this.#session?.extensions.has("ack") === true && this.#runner.completions.all().length > 0);
  }

  /** It holds work because the last stream was lost: one that ended in order has had its chance. */
  get #isCutOff(): boolean {
    return this.#wasLost && this.#holdsWork;
  }

  #stopResult(): RunResult {
    return { reason: "StopRequested", text: "stop requested", permanent: false, served: 0, ...(this.#session ? { session: this.#session } : {}) };
  }

  /** False when the worker was stopped meanwhile. Work that waits is cancelled with the signal. */
  async #pause(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
    const over = new AbortController();
    this.#onStop = () => over.abort();
    try {
      await unlessAborted(sleep(this.#settings.clock, milliseconds, over.signal).catch(() => {}), signal);
      return !over.signal.aborted;
    } catch (error) {
      await this.#stop();
      throw error;
    } finally {
      this.#onStop = undefined;
      over.abort();
    }
  }

  /** @param ending Takes no new work. */
  async #start(signal: AbortSignal | undefined, ending = false): Promise<Round> {
    const here = place.getStore();
    const isHandler = here?.worker === this && here.round === undefined;
    while (this.#state === "Stopping" && !isHandler) await unlessAborted(this.#round!.ended.promise, signal).catch(canceled);
    if (this.#state === "Starting" || this.#state === "Running" || isHandler) {
      throw new StartFailure("AlreadyStarted", `the worker is ${this.#state}; it can be started when it is stopped`);
    }
    const round = new Round();
    this.#round = round;
    this.#state = "Starting";
    this.#runner.ending = ending;
    // What a session starts belongs to nobody who happens to have called start.
    return place.run(undefined, () => this.#open(round, signal));
  }

  async #open(round: Round, signal: AbortSignal | undefined): Promise<Round> {
    const onAbort = () => round.starting.abort(new StartFailure("Canceled", "the start was cancelled"));
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    try {
      const claim = this.#mayClaim;
      const session = await this.#dialler.dial(claim, round.starting.signal);
      if (round.starting.signal.aborted) {
        await session.abandon();
        throw round.starting.signal.reason;
      }
      this.#opened(round, session, claim);
      return round;
    } catch (error) {
      this.#state = "Stopped";
      this.#round = undefined;
      if (round.stopRequested && !this.#forever) this.#giveUpWork();
      round.ended.resolve(undefined);
      round.told.resolve();
      throw error instanceof StartFailure ? error : new StartFailure("Unreachable", (error as Error).message, false, { cause: error });
    } finally {
      round.decided.resolve();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #opened(round: Round, session: Session, claim: boolean): void {
    round.session = session;
    round.snapshot = {
      workerId: this.workerId,
      instanceId: session.instanceId,
      generation: ++this.#generation,
      address: session.address,
      extensions: session.extensions,
      heartbeatInterval: session.heartbeatInterval,
      reconnectDelay: session.reconnectDelay,
      adminVersion: session.adminVersion,
    };
    this.#session = round.snapshot;
    this.#state = "Running";
    this.#mayClaim = session.has("resume");
    this.#cancelResume?.();
    this.#cancelResume = undefined;
    // An admin that has forgotten what resume means has forgotten the leases as well.
    if (claim && !this.#mayClaim) this.#runner.loseAll(true, session);
    session.begin();
    this.#settings.logger.info(`worker ${this.workerId} is connected to ${session.address}`);
    void this.#end(round, session, round.snapshot);
  }

  /** What follows the end of a session, once: reset, then whoever waits is told. */
  async #end(round: Round, session: Session, snapshot: SessionSnapshot): Promise<void> {
    // Looking up, dialling and waiting for the hello are no service.
    const opened = this.#settings.clock.elapsed();
    const closed = await session.closed;
    const served = this.#settings.clock.elapsed() - opened;
    // A stop that comes from here on joins the end that is under way.
    const stopped = round.stopRequested;
    this.#state = "Stopping";
    if (closed.reason === "AdminShutdown" && !stopped) round.draining ??= this.#drain(round, closed.grace ?? drainGrace);
    if (closed.reason !== "AdminShutdown") round.cut.resolve();
    await round.draining;
    const reason = stopped ? "StopRequested" : closed.reason;
    const text = stopped ? "stop requested" : closed.text;
    const permanent = !stopped && closed.permanent === true;

    this.#wasLost = session.wasLost;
    this.#runner.detach();
    await session.dispose();
    this.#runner.ending = this.#runner.drained = false;
    this.#keepOrCancelWork(reason, permanent, round.stopRequested, session.wasLost);
    this.#round = undefined;
    this.#state = "Stopped";
    this.#figures.sessionEnded(reason);
    round.ended.resolve({ reason, text, permanent, served, session: snapshot });
    await this.#tell(round, reason, snapshot);
    round.told.resolve();
  }

  async #tell(round: Round, reason: CloseReason, snapshot: SessionSnapshot): Promise<void> {
    try {
      await place.run({ worker: this, round }, async () => this.#settings.onClose?.(reason, snapshot));
    } catch (error) {
      this.#settings.logger.error(`onClose failed: ${(error as Error)?.stack ?? error}`);
    }
  }

  /** With resume, work goes on for the window; whoever has not come back by then has lost the lease. */
  #keepOrCancelWork(reason: CloseReason, permanent: boolean, stopRequested: boolean, wasLost: boolean): void {
    this.#mayClaim = this.#mayClaim && (wasLost || RestartPolicy.restarts(reason, permanent));
    if (!this.#mayClaim) {
      this.#runner.loseAll(!stopRequested && (reason === "ConnectionLost" || reason === "HeartbeatTimeout"));
      return;
    }
    this.#cancelResume = this.#settings.clock.after(this.#settings.resumeWindow, () => void this.#windowOver());
  }

  /** A start that is under way decides: the claim it has sent may have reached the admin in time. */
  async #windowOver(): Promise<void> {
    const generation = this.#generation;
    if (this.#state === "Starting") await this.#round!.decided.promise;
    if (this.#generation !== generation) return;
    this.#mayClaim = false;
    this.#giveUpWork();
  }

  /** Work that goes on without a session, for a stream that might have come back, ends too. */
  #giveUpWork(): void {
    this.#cancelResume?.();
    this.#cancelResume = undefined;
    this.#runner.loseAll(false);
  }

  async #idle(): Promise<void> {
    await within(this.#settings.clock, this.#settings.cancelGrace, this.#runner.idle());
  }

  #drain(round: Round, grace: number): Promise<void> {
    return drainSession(this.#settings.clock, this.#runner, round.session!, grace, round.cut.promise, () => this.#mayClaim);
  }
}

function canceled(cause: unknown): never {
  throw new StartFailure("Canceled", "the start was cancelled", false, { cause });
}
