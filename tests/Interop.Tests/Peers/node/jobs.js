// A client of the admin, made of nothing but the .proto files: node jobs.js HOST:PORT PROTOS.
const assert = require("node:assert");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [address, protos] = process.argv.slice(2);
const definition = loader.loadSync(path.join(protos, "job_service.proto"), { keepCase: true, longs: Number, enums: String, defaults: true, includeDirs: [protos] });
const jobs = new (grpc.loadPackageDefinition(definition).pluginadmin.v1.JobService)(address, grpc.credentials.createInsecure());
const call = (method, request) => new Promise((done, failed) => jobs[method](request, (error, answer) => (error ? failed(error) : done(answer))));

async function main() {
  // The same key twice is one job.
  const request = { job_type: "talk", parameters_json: '{"lines": 3}', idempotency_key: "node-1", summary: "from node" };
  const [first, second] = [await call("Submit", request), await call("Submit", request)];
  assert.deepEqual([first.existing, second.existing, second.job.job_id], [false, true, first.job.job_id]);

  // Its output, to the end.
  let text = "", ended = null;
  for await (const chunk of jobs.WatchLogs({ job_id: first.job.job_id, follow: true })) {
    text += chunk.data.toString();
    ended = chunk.end_of_attempt ? chunk.state : ended;
  }
  assert.deepEqual([text, ended], ["line 1\nline 2\nline 3\n", "JOB_STATE_SUCCEEDED"]);
  assert.equal((await call("Get", { job_id: first.job.job_id, include: ["INCLUDE_RESULT"] })).job.result.output_values.said.int64_value, 3);

  // One that would go on for ever is cancelled.
  const endless = (await call("Submit", { job_type: "talk", parameters: { lines: { int64_value: 1_000_000 } } })).job;
  let last = null;
  for await (const chunk of jobs.WatchLogs({ job_id: endless.job_id, follow: true })) {
    if (last === null) assert.equal((await call("Cancel", { job_id: endless.job_id, reason: "enough" })).outcome, "CANCEL_OUTCOME_REQUESTED");
    last = chunk;
  }
  assert.equal(last.state, "JOB_STATE_CANCELED");

  // A refusal says which field.
  const refused = await call("Submit", { job_type: "talk", parameters_json: '{"lines": 0}' }).then(() => null, error => error);
  assert.equal(refused?.code, grpc.status.INVALID_ARGUMENT);
  assert.equal(refused.metadata.get("pluginadmin-error-bin").length, 1);
  jobs.close();
}

main().catch(error => { console.error(error); process.exit(1); });
