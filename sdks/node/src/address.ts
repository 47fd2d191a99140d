import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type { TlsFiles } from "./options.js";

const lookupTimeout = 2000;
const answerLimit = 64 * 1024;
const redirectLimit = 5;

/** Where to dial: host and port, and whether with TLS. */
export interface Target {
  readonly authority: string;
  readonly secure: boolean;
}

const forms = "use host:port, host:http.grpc or grpc://host:port";

interface Parsed {
  readonly target?: Target;
  readonly host: string;
  readonly http: number;
}

/** The parts of one address, or what is wrong with it. */
function parse(entry: string): Parsed | string {
  const [, scheme, rest] = /^(?:(grpcs?):\/\/)?(.+)$/.exec(entry) ?? [];
  const match = /^(.+):(\d{1,5})(?:\.(\d{1,5}))?$/.exec(rest ?? "");
  const [, host = "", port, grpc] = match ?? [];
  if (!match || /[/\s]/.test(host) || (scheme && grpc)) return `'${entry}' is not an address; ${forms}`;
  // Without brackets nobody knows where it ends and the port begins.
  if (/[:[\]]/.test(host) && !net.isIPv6(/^\[(.*)\]$/.exec(host)?.[1] ?? "")) return `'${entry}' is not an address; ${forms}, an address of IPv6 in brackets, such as [::1]:23646`;
  // The HTTP port is of no use beside a gRPC port: only the one that is dialled must be one.
  if (Number(port) > 65535 || Number(grpc ?? 0) > 65535 || Number(grpc ?? port) === 0) return `'${entry}' is not an address; ${forms}, with a port of 1 to 65535`;
  const dialled = grpc ?? (scheme && port);
  return { host, http: Number(port), ...(dialled ? { target: { authority: `${host}:${dialled}`, secure: scheme === "grpcs" } } : {}) };
}

/** What is wrong with a list of addresses; empty when nothing is. */
export function addressProblems(list: string): string[] {
  return split(list).map(parse).filter(found => typeof found === "string");
}

export function split(list: string): string[] {
  return list.split(",").map(entry => entry.trim()).filter(entry => entry.length > 0);
}

/**
 * What to dial for one entry of an address list. The plain form asks the admin's status page for the worker port, by HTTP and
 * then HTTPS, 2 s each; whatever fails there leaves the convention HTTP port + 10000. Asked anew at every start.
 * @param tls Of the stream: by HTTPS as much is asked of the certificate, so without an authority nothing.
 */
export async function resolveAddress(entry: string, signal: AbortSignal, tls: TlsFiles = {}): Promise<Target> {
  const parsed = parse(entry);
  if (typeof parsed === "string") throw new TypeError(parsed);
  if (parsed.target) return parsed.target;
  for (const scheme of ["http", "https"] as const) {
    const port = await ask(`${scheme}://${parsed.host}:${parsed.http}/api/plugin/status`, signal, tls);
    if (signal.aborted) throw signal.reason;
    if (port) return { authority: `${parsed.host}:${port}`, secure: false };
  }
  return { authority: `${parsed.host}:${parsed.http + 10_000}`, secure: false };
}

/** The worker port of a status page; undefined when it cannot be had in time. */
async function ask(url: string, signal: AbortSignal, tls: TlsFiles): Promise<number | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), lookupTimeout);
  const onAbort = () => limit.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const status = JSON.parse(await get(url, limit.signal, trustOf(tls), redirectLimit)) as { worker_grpc_port?: unknown } | null;
    const port = status?.worker_grpc_port;
    return Number.isInteger(port) && (port as number) > 0 && (port as number) <= 65535 ? (port as number) : undefined;
  } catch {
    // Whatever it is that answers there, it names no port; the convention is tried last.
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function trustOf({ ca, serverName }: TlsFiles): https.RequestOptions {
  return { ...(ca ? { ca: fs.readFileSync(ca) } : { rejectUnauthorized: false }), ...(serverName ? { servername: serverName } : {}) };
}

/** The body of a 200, redirects followed, no more than 64 KiB. Each connection is closed afterwards. */
function get(url: string, signal: AbortSignal, trust: https.RequestOptions, redirects: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = url.startsWith("https:") ? https : http;
    const request = client.get(url, { agent: false, signal, ...trust } as https.RequestOptions, response => {
      const location = response.headers.location;
      if (response.statusCode && response.statusCode >= 300 && response.statusCode < 400 && location && redirects > 0) {
        response.destroy();
        resolve(get(new URL(location, url).href, signal, trust, redirects - 1));
        return;
      }
      if (response.statusCode !== 200) {
        response.destroy();
        reject(new Error(`status ${response.statusCode}`));
        return;
      }
      const pieces: Buffer[] = [];
      let size = 0;
      response.on("data", (piece: Buffer) => {
        size += piece.length;
        pieces.push(piece);
        if (size > answerLimit) response.destroy(new Error("the answer is too long"));
      });
      response.on("end", () => resolve(Buffer.concat(pieces).toString("utf8")));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
