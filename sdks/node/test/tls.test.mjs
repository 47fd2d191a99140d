import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { resolveAddress } from "../dist/address.js";
import { jobServices } from "../dist/wire.js";
import { AdminClient } from "../dist/index.js";
import { adminOf, workerOf } from "./workers.mjs";

const folder = mkdtempSync(path.join(os.tmpdir(), "worker-tls-"));
const file = name => path.join(folder, name);
after(() => rmSync(folder, { recursive: true }));

/** A key and a certificate, signed by itself or by the authority. */
function certify(name, extension, isSigned) {
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${name}`, "-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)];
  execFileSync("openssl", [...args, "-addext", extension, ...(isSigned ? ["-CA", file("authority.pem"), "-CAkey", file("authority.key")] : [])], { stdio: "pipe" });
}

before(() => {
  certify("authority", "keyUsage=critical,keyCertSign", false);
  certify("admin", "subjectAltName=IP:127.0.0.1", true);
  certify("worker", "extendedKeyUsage=clientAuth", true);
  certify("stranger", "keyUsage=critical,keyCertSign", false);
});

const read = name => readFileSync(file(name));
const credentials = asksForCertificate =>
  grpc.ServerCredentials.createSsl(read("authority.pem"), [{ private_key: read("admin.key"), cert_chain: read("admin.pem") }], asksForCertificate);
const accepting = { onStream: stream => stream.accept() };

test("an admin with a certificate is dialled with TLS, and only when the authority is the right one", async t => {
  const admin = await adminOf(t, { ...accepting, credentials: credentials(false) });
  const worker = workerOf(t, { address: admin.address, tls: { ca: file("authority.pem") } });
  await worker.start();
  await worker.stop();
  for (const tls of [{ ca: file("stranger.pem") }, { ca: file("missing.pem") }, undefined]) {
    const wrong = workerOf(t, { address: tls ? admin.address : admin.address.replace("grpc:", "grpcs:"), tls });
    await assert.rejects(wrong.start(), { code: "Unreachable" });
  }
});

test("the status page tells the worker port by https too, whoever has signed its certificate while no authority is set", async t => {
  const page = https.createServer({ key: read("admin.key"), cert: read("admin.pem") }, (request, response) => response.end(JSON.stringify({ worker_grpc_port: 4711 })));
  await new Promise(resolve => page.listen(0, "127.0.0.1", resolve));
  t.after(() => page.close());
  const found = async tls => (await resolveAddress(`127.0.0.1:${page.address().port}`, new AbortController().signal, tls)).authority;
  assert.equal(await found(), "127.0.0.1:4711");
  // Who knows the authority of the admin asks as much of its page as of its stream.
  assert.equal(await found({ ca: file("authority.pem") }), "127.0.0.1:4711");
  for (const wrong of [{ ca: file("stranger.pem") }, { ca: file("authority.pem"), serverName: "other.test" }, { ca: file("missing.pem") }]) {
    assert.equal(await found(wrong), `127.0.0.1:${page.address().port + 10_000}`);
  }
});

test("an admin that asks for a certificate gets the worker's, read anew with each dial", async t => {
  const admin = await adminOf(t, { ...accepting, credentials: credentials(true) });
  const bare = workerOf(t, { address: admin.address, tls: { ca: file("authority.pem") } });
  await assert.rejects(bare.start(), { code: "Unreachable" });
  writeFileSync(file("own.pem"), read("stranger.pem"));
  writeFileSync(file("own.key"), read("stranger.key"));
  const worker = workerOf(t, { address: admin.address, tls: { ca: file("authority.pem"), cert: file("own.pem"), key: file("own.key") } });
  await assert.rejects(worker.start(), { code: "Unreachable" });
  writeFileSync(file("own.pem"), read("worker.pem"));
  writeFileSync(file("own.key"), read("worker.key"));
  assert.equal((await worker.start()).generation, 1);
});

test("a client dials with TLS as a worker does", async t => {
  const { JobService } = grpc.loadPackageDefinition(jobServices).pluginadmin.v1;
  const server = new grpc.Server();
  server.addService(JobService.service, { ...Object.fromEntries(Object.keys(JobService.service).map(name => [name, () => {}])), Cancel: (_, done) => done(null, { job: { job_id: "j", state: "JOB_STATE_CANCELED" } }) });
  const port = await new Promise(resolve => server.bindAsync("127.0.0.1:0", credentials(true), (_, bound) => resolve(bound)));
  t.after(() => server.forceShutdown());
  const own = { ca: file("authority.pem"), cert: file("worker.pem"), key: file("worker.key") };
  for (const [address, tls, answer] of [[`grpcs://127.0.0.1:${port}`, own, "CANCELED"], [`127.0.0.1:1.${port}`, own, "CANCELED"], [`grpcs://127.0.0.1:${port}`, { ca: own.ca }, undefined], [`grpcs://127.0.0.1:${port}`, { ...own, ca: file("stranger.pem") }, undefined]]) {
    const client = new AdminClient(address, { tls, patience: 0 });
    t.after(() => client.close());
    if (answer) assert.equal((await client.cancel("j")).state, answer);
    else await assert.rejects(client.cancel("j"), { code: grpc.status.UNAVAILABLE });
  }
});
