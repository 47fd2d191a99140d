import * as grpc from "@grpc/grpc-js";
import { type CloseReason, StartFailure } from "./sessions.js";

/** Why a session ended. */
export interface Closed {
  readonly reason: CloseReason;
  readonly text: string;
  /** With Rejected: for good. */
  readonly permanent?: boolean;
  /** With AdminShutdown: how long its work may take to end, in ms. */
  readonly grace?: number;
}

/** What a status means that ends a session. */
export function meaningOf(status: grpc.StatusObject): Pick<Closed, "reason" | "permanent"> {
  switch (status.code) {
    case grpc.status.ABORTED:
      return { reason: "Replaced" };
    case grpc.status.INVALID_ARGUMENT:
      return { reason: "ProtocolError" };
    case grpc.status.UNAUTHENTICATED:
    case grpc.status.PERMISSION_DENIED:
    case grpc.status.FAILED_PRECONDITION:
      return { reason: "Rejected", permanent: true };
    default:
      return { reason: isTooLarge(status) ? "ProtocolError" : "ConnectionLost" };
  }
}

/** What a status means that comes instead of a hello. */
export function refusal(status: grpc.StatusObject, address: string): StartFailure {
  switch (status.code) {
    case grpc.status.OK:
      return new StartFailure("Unreachable", `${address} ended the stream without a hello`);
    case grpc.status.UNAUTHENTICATED:
    case grpc.status.PERMISSION_DENIED:
    case grpc.status.FAILED_PRECONDITION:
      return new StartFailure("Rejected", status.details, true);
    case grpc.status.INVALID_ARGUMENT:
      return new StartFailure("ProtocolError", status.details, true);
    case grpc.status.UNAVAILABLE:
    case grpc.status.INTERNAL:
      return new StartFailure("Unreachable", `${address}: ${status.details}`);
    default:
      return isTooLarge(status) ? new StartFailure("ProtocolError", status.details, true) : new StartFailure("Rejected", status.details);
  }
}

/** The words by which an admin refuses a worker for good. */
export function isPermanent(message: string): boolean {
  return /permanent/i.test(message);
}

/** Said by the library of a message above the receive limit. */
function isTooLarge(status: grpc.StatusObject): boolean {
  return status.code === grpc.status.RESOURCE_EXHAUSTED && /larger than max/i.test(status.details);
}
