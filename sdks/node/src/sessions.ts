/** Why a session ended. */
export type CloseReason =
  /** Stop was called, or the signal of run was aborted. */
  | "StopRequested"
  /** The stream or the connection ended without a reason. */
  | "ConnectionLost"
  /** Nothing was heard for three heartbeat intervals, and pings were not answered. */
  | "HeartbeatTimeout"
  /** The admin goes away for good. */
  | "AdminShutdown"
  /** Another process connected with this worker id. */
  | "Replaced"
  /** The admin said something that is no protocol. */
  | "ProtocolError"
  /** The admin does not want this worker. */
  | "Rejected";

/** Why a start failed. */
export type StartFailureCode = "AlreadyStarted" | "Unreachable" | "Rejected" | "Timeout" | "Canceled" | "ProtocolError";

/** Where a worker is in its life. */
export type WorkerState = "Created" | "Starting" | "Running" | "Stopping" | "Stopped";

/** A session as the admin granted it. */
export interface SessionSnapshot {
  /** The stable identity. */
  readonly workerId: string;
  /** Fresh per session. */
  readonly instanceId: string;
  /** From 1, per object: counts successful starts. */
  readonly generation: number;
  /** Where it was dialled. */
  readonly address: string;
  /** What both sides agreed on. */
  readonly extensions: ReadonlySet<string>;
  /** Milliseconds; what the admin asked for, 10 s at most with an admin that agreed to no extension. */
  readonly heartbeatInterval: number;
  /** Milliseconds; what the admin asked for. */
  readonly reconnectDelay: number;
  /** From the response header, else "unknown". */
  readonly adminVersion: string;
}

/** How a run ended. */
export interface RunResult {
  readonly reason: CloseReason;
  readonly text: string;
  /** The admin refused this worker for good: dialling again is of no use. */
  readonly permanent: boolean;
  /** Milliseconds, from the accepted hello to the end of the session. */
  readonly served: number;
  /** Undefined only when runForever was stopped before the first session. */
  readonly session?: SessionSnapshot;
}

/** A start that did not succeed. Except for AlreadyStarted, the worker is stopped and can be started again. */
export class StartFailure extends Error {
  /** @param permanent Trying again is of no use. */
  constructor(
    readonly code: StartFailureCode,
    message: string,
    readonly permanent = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "StartFailure";
  }
}
