import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { handler, served } from "./workers.mjs";
import { JobOutcome } from "../dist/index.js";
import { useApi } from "../dist/spans.js";

test("each handler has a span and runs inside it, in processes with the OpenTelemetry API", async t => {
  const current = new AsyncLocalStorage();
  const spans = [];
  const tracer = {
    startActiveSpan(name, options, call) {
      const span = { name, ...options, errors: [], setStatus: status => (span.status = status), recordException: error => span.errors.push(error.message), end: () => spans.push(span) };
      return current.run(name, () => call(span));
    },
  };
  useApi({ trace: { getTracer: name => (assert.equal(name, "BlazorPluginAdmin.Worker"), tracer) }, SpanKind: { CONSUMER: 4 }, SpanStatusCode: { OK: 1, ERROR: 2 } });
  t.after(() => useApi(undefined));
  const named = handler("named", {
    execute: ({ config }) => {
      if (config.text("how") === "throw") throw new Error("too bad");
      return config.text("how") === "fail" ? JobOutcome.failed("no") : JobOutcome.succeeded(current.getStore());
    },
  });
  const finder = handler("finder", {
    async *detect() {
      yield { id: "p", summary: current.getStore() };
    },
  });
  const { stream } = await served(t, {}, {}, named, finder);
  stream.execute("named");
  assert.equal((await stream.next("job_completed")).result.summary, "execute named");
  for (const how of ["fail", "throw"]) {
    stream.execute("named", { how: { string_value: how } }, { id: how });
    assert.equal((await stream.next("job_completed")).success, false);
  }
  stream.send({ request_id: "d", run_detection_request: { job_type: "finder" } });
  assert.equal((await stream.next("detection_proposals")).proposals[0].summary, "detect finder");
  await stream.next("detection_complete");
  assert.deepEqual([spans[0].kind, spans[0].attributes], [4, { "job.type": "named", "job.id": "job-1", "job.attempt": 1, "request.id": "r-job-1" }]);
  assert.deepEqual(spans.map(span => [span.name, span.status, span.errors]), [
    ["execute named", { code: 1 }, []],
    ["execute named", { code: 2, message: "no" }, []],
    ["execute named", { code: 2, message: "too bad" }, ["too bad"]],
    ["detect finder", { code: 1 }, []],
  ]);
});
