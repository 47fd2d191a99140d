import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import type { Duplex } from "node:stream";
import * as grpc from "@grpc/grpc-js";
import type { Target } from "./address.js";
import type { Settings, TlsFiles } from "./options.js";
import { StartFailure } from "./sessions.js";
import { streamPath } from "./wire.js";

/** Messages are coded by the session, which knows what to make of broken ones. */
const asIs = (bytes: Buffer) => bytes;

const pingTimeout = 20_000;

export type Call = grpc.ClientDuplexStream<Buffer, Buffer>;

/** One connection to an admin, with the one stream on it. */
export class Channel {
  readonly call: Call;
  readonly #client: grpc.Client;
  #shutDoor: (() => void) | undefined;

  private constructor(authority: string, settings: Settings, credentials: grpc.ChannelCredentials, token: string | undefined) {
    this.#client = new grpc.Client(authority, credentials, {
      "grpc.max_send_message_length": settings.sendLimit,
      "grpc.max_receive_message_length": asLength(settings.receiveLimit),
      "grpc.keepalive_time_ms": settings.keepAlive,
      "grpc.keepalive_timeout_ms": pingTimeout,
      "grpc.keepalive_permit_without_calls": 0,
      // Each start dials: nothing is shared between the sessions of a process, nothing is tried behind its back.
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.enable_http_proxy": 0,
      "grpc.enable_channelz": 0,
      ...(settings.tls.serverName ? { "grpc.ssl_target_name_override": settings.tls.serverName } : {}),
    });
    const metadata = new grpc.Metadata();
    if (token) metadata.set("authorization", `Bearer ${token}`);
    this.call = this.#client.makeBidiStreamRequest(streamPath, asIs, asIs, metadata);
  }

  static dial(target: Target, settings: Settings, token: string | undefined): Channel {
    const secure = target.secure || settings.tls.ca !== undefined;
    return new Channel(target.authority, settings, secure ? credentials(settings) : grpc.credentials.createInsecure(), token);
  }

  /**
   * Over a connection that is already there: the library only dials, so it dials a door of this process that leads there. It is in a
   * folder of this user alone, so that nobody else comes first, and serves one.
   */
  static async over(connection: Duplex, settings: Settings, token: string | undefined): Promise<Channel> {
    if (connection.destroyed) throw new StartFailure("Unreachable", "the given connection is closed");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-worker-"));
    const shut = () => {
      relay.close();
      fs.rmSync(folder, { recursive: true, force: true });
    };
    const relay = net.createServer({ allowHalfOpen: true }, socket => {
      shut();
      socket.pipe(connection).pipe(socket);
      for (const [one, other] of [[socket, connection], [connection, socket]] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
    });
    const door = path.join(folder, "door");
    await new Promise<void>((resolve, reject) => {
      relay.once("error", error => (shut(), reject(error)));
      relay.listen(door, resolve);
    });
    const channel = new Channel(`unix:${door}`, settings, grpc.credentials.createInsecure(), token);
    channel.#shutDoor = shut;
    return channel;
  }

  /**
   * Ends the stream and the connection. A client that is closed in the tick that made it goes on to connect, and nobody closes that
   * connection any more (grpc-js 1.14.7), so it has that tick first.
   */
  close(): void {
    this.call.cancel();
    setImmediate(() => this.#client.close());
    this.#shutDoor?.();
  }
}

/** A limit as the library takes it. */
export function asLength(limit: number): number {
  return Math.min(limit, 2 ** 31 - 1);
}

/** Reads the files; throws when one cannot be used. */
export function tlsCredentials({ ca, cert, key }: TlsFiles): grpc.ChannelCredentials {
  const read = (file: string | undefined) => (file ? fs.readFileSync(file) : null);
  return grpc.credentials.createSsl(read(ca), read(key), read(cert));
}

function credentials(settings: Settings): grpc.ChannelCredentials {
  try {
    return tlsCredentials(settings.tls);
  } catch (error) {
    // It may be about to be replaced.
    throw new StartFailure("Unreachable", `the TLS files cannot be used: ${(error as Error).message}`, false, { cause: error });
  }
}
