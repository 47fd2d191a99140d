// An admin that says what a test tells it to, on a real gRPC server.
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";

const protos = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "protos");
const definition = loader.loadSync(path.join(protos, "plugin.proto"), { keepCase: true, longs: String, enums: String, bytes: Buffer, defaults: true, oneofs: true, includeDirs: [protos] });
const { WorkerStream } = grpc.loadPackageDefinition(definition).plugin.PluginControlService.service;
/** Bytes go as they are, so that a test can send what is no message. */
const service = { WorkerStream: { ...WorkerStream, responseSerialize: value => (Buffer.isBuffer(value) ? value : WorkerStream.responseSerialize(value)) } };

export const allExtensions = ["log", "ack", "resume", "ping", "drain"];
const limit = 20_000;

/** One stream of a worker as the admin sees it. */
export class Stream {
  messages = [];
  ended = false;
  #taken = 0;
  #waiting = new Set();

  constructor(call) {
    this.call = call;
    call.on("data", message => {
      this.messages.push(message);
      this.#look();
    });
    call.on("error", () => {});
    for (const event of ["end", "close", "cancelled"]) call.on(event, () => {
      this.ended = true;
      this.#look();
    });
    // Whoever half-closes is answered in kind.
    call.on("end", () => call.end());
  }

  /** The next message for which the condition holds; those before it are passed over. */
  async next(condition, what = String(condition)) {
    const wanted = typeof condition === "string" ? message => message.body === condition : condition;
    const found = await this.#when(() => {
      for (let at = this.#taken; at < this.messages.length; at++) {
        if (!wanted(this.messages[at])) continue;
        this.#taken = at + 1;
        return this.messages[at];
      }
      return undefined;
    }, what);
    return found.body ? found[found.body] : found;
  }

  /** Waits until the condition holds for all that came. */
  until(condition, what = String(condition)) {
    return this.#when(() => condition(this.messages) || undefined, what);
  }

  /** The bodies of one kind that came so far. */
  all(body) {
    return this.messages.filter(message => message.body === body).map(message => message[body]);
  }

  end() {
    return this.#when(() => this.ended || undefined, "the end of the stream");
  }

  send(message) {
    this.call.write(message);
  }

  accept(hello = {}) {
    this.send({ hello: { accepted: true, message: "accepted", heartbeat_interval_seconds: 10, reconnect_delay_seconds: 5, extensions: allExtensions, ...hello } });
  }

  execute(jobType, parameters = {}, { id = "job-1", request = `r-${id}`, ...rest } = {}) {
    this.send({ request_id: request, execute_job_request: { request_id: request, attempt: 1, job: { job_id: id, job_type: jobType, parameters }, ...rest } });
  }

  ackAll() {
    this.call.on("data", message => {
      if (message.body === "job_completed") this.send({ job_completed_ack: { request_id: message.job_completed.request_id, job_id: message.job_completed.job_id } });
    });
    return this;
  }

  /** A round trip: what was sent before has been looked at by the worker. */
  async settle(nonce = "7") {
    this.send({ ping: { nonce } });
    await this.next(message => message.body === "pong" && message.pong.nonce === nonce, "the pong");
  }

  drop(code = grpc.status.UNAVAILABLE, details = "dropped") {
    this.call.emit("error", Object.assign(new Error(details), { code, details }));
  }

  #when(look, what) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(attempt);
        reject(new Error(`${what} did not come; came: ${this.messages.map(message => message.body).join(" ")}`));
      }, limit);
      const attempt = () => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(attempt);
        resolve(found);
      };
      this.#waiting.add(attempt);
      attempt();
    });
  }

  #look() {
    for (const attempt of [...this.#waiting]) attempt();
  }
}

/** Serves on a free port of the loopback address, or on the one given. */
export class ScriptedAdmin {
  streams = [];
  #waiting = [];
  #onStream;

  /** @param onStream Called with each stream after its hello; without it a test takes the streams one by one. */
  static async listen({ port = 0, onStream, headers = {}, credentials = grpc.ServerCredentials.createInsecure() } = {}) {
    const admin = new ScriptedAdmin();
    admin.#onStream = onStream;
    admin.server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
    admin.server.addService(service, { WorkerStream: call => admin.#take(call, headers) });
    admin.port = await new Promise((resolve, reject) =>
      admin.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound))));
    return admin;
  }

  get address() {
    return `grpc://127.0.0.1:${this.port}`;
  }

  /** The next stream and its hello. */
  async stream() {
    const stream = this.streams.shift() ?? (await this.#coming());
    stream.hello ??= await stream.next("hello");
    return stream;
  }

  close() {
    this.server.forceShutdown();
  }

  #coming() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(new Error("no stream came"));
      }, limit);
      const take = stream => {
        clearTimeout(timer);
        resolve(stream);
      };
      this.#waiting.push(take);
    });
  }

  #take(call, headers) {
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    call.sendMetadata(metadata);
    const stream = new Stream(call);
    if (this.#onStream) {
      stream.next("hello").then(hello => {
        stream.hello = hello;
        this.#onStream(stream);
      }, () => {});
      return;
    }
    const next = this.#waiting.shift();
    if (next) next(stream);
    else this.streams.push(stream);
  }
}
