// The job types of the conformance worker, as its contract wants them.
import { setTimeout as pause } from "node:timers/promises";
import { DescriptorBuilder, JobOutcome, Value } from "./dist/index.js";

/** How many of each were ever made. */
export const constructed = {};

class Conformant {
  constructor(jobType, fields, say) {
    constructed[jobType] = (constructed[jobType] ?? 0) + 1;
    this.say = say;
    const builder = new DescriptorBuilder(jobType, jobType);
    if (fields) builder.worker(form => form.section("job", "Job", "", fields));
    this.descriptor = builder.build();
  }

  event(phase, context) {
    this.say({ event: "handler", phase, job_type: this.descriptor.job_type, job_id: context.jobId ?? "", request_id: context.requestId ?? context.request.request_id });
  }

  /** Tells of the beginning, the cancel and the end. */
  begin(context) {
    this.event("begin", context);
    const onAbort = () => this.event("canceled", context);
    context.signal.addEventListener("abort", onAbort, { once: true });
    return () => {
      context.signal.removeEventListener("abort", onAbort);
      this.event("end", context);
    };
  }
}

class Executing extends Conformant {
  constructor(jobType, fields, work, say) {
    super(jobType, fields, say);
    this.work = work;
  }

  async execute(context) {
    const end = this.begin(context);
    try {
      return await this.work(context, name => context.config.integer(name));
    } finally {
      end();
    }
  }
}

class Detecting extends Conformant {
  async *detect(context) {
    const end = this.begin(context);
    try {
      const [count, delay] = [context.config.integer("count"), context.config.integer("delay_ms")];
      for (let i = 0; i < count; i++) {
        if (delay > 0) await pause(delay, undefined, { signal: context.signal });
        yield { id: `p-${i}`, dedupeKey: `key-${i}`, summary: `proposal ${i}`, parameters: { index: i, sequence: context.sequence } };
      }
    } finally {
      end();
    }
  }
}

/** Where a program would wait for something; the clock is looked at between the pieces. */
async function sleep(context, integer) {
  const [ms, every] = [integer("ms"), integer("report_every_ms")];
  const began = performance.now();
  for (let left = ms; left > 0; left = ms - (performance.now() - began)) {
    await pause(Math.min(left, every || left), undefined, { signal: context.signal });
    if (every) context.report({ percent: Math.min(100, ((performance.now() - began) / ms) * 100), stage: "sleeping" });
  }
  return JobOutcome.succeeded("slept", { slept_ms: ms });
}

async function output(context, integer) {
  const [bytes, piece, rest, hold] = ["bytes", "chunk", "pause_ms", "hold_ms"].map(integer);
  const streams = context.config.text("streams");
  const text = context.config.text("text");
  if (text) await context.output("stdout", text);
  for (let at = 0; at < bytes; at += piece) {
    for (const [stream, prime] of [["stdout", 251], ["stderr", 241]]) {
      if (streams !== "both" && streams !== stream) continue;
      await context.output(stream, Uint8Array.from({ length: Math.min(piece, bytes - at) }, (_, i) => (at + i) % prime));
      context.signal.throwIfAborted();
    }
    if (rest > 0) await pause(rest, undefined, { signal: context.signal });
  }
  if (hold > 0) await pause(hold, undefined, { signal: context.signal });
  return JobOutcome.succeeded("written", { written: bytes });
}

async function progress(context, integer) {
  const [rate, ms] = [integer("per_second"), integer("ms")];
  const began = performance.now();
  let calls = 0;
  for (let spent = 0; spent < ms; spent = performance.now() - began) {
    for (; calls < (spent / 1000) * rate; calls++) context.report({ percent: (spent / ms) * 99, stage: "counting", message: String(calls + 1) });
    await pause(1, undefined, { signal: context.signal });
  }
  context.report({ percent: 100, stage: "counting", message: "last" });
  return JobOutcome.succeeded("counted", { calls: calls + 1 });
}

function config({ config: reader }) {
  return JobOutcome.succeeded("read", {
    text: reader.text("text"), count: Value.int64(reader.int64("count")), ratio: Value.double(reader.double("ratio")), flag: reader.bool("flag"),
    pause_ms: Math.round(reader.duration("pause")), names: Value.strings(reader.texts("names")), late: reader.text("late"),
  });
}

const makers = {
  conf_echo: [undefined, context => JobOutcome.succeeded("echoed", Object.fromEntries(Object.entries(context.request.job.parameters).map(([name, wire]) => [name, Value.from(wire)])))],
  conf_sleep: [s => [s.integer("ms", "Time", "ms", 1000), s.integer("report_every_ms", "Report every", "ms", 0)], sleep],
  conf_stubborn: [s => s.integer("ms", "Time", "ms", 3000), async (_, integer) => {
    await pause(integer("ms"));
    return JobOutcome.succeeded("slept", { slept_ms: integer("ms") });
  }],
  conf_fail: [s => [s.text("text", "Text", "", "conf_fail"), s.toggle("permanent", "Permanent", "")],
    ({ config: reader }) => JobOutcome.failed(reader.text("text"), { permanent: reader.bool("permanent") })],
  conf_throw: [s => [s.text("text", "Text", "", "conf_throw"), s.integer("size", "Size", "")], ({ config: reader }, integer) => {
    throw new Error(reader.text("text").padEnd(integer("size"), "x"));
  }],
  conf_output: [s => [s.integer("bytes", "Bytes", ""), s.text("streams", "Streams", "", "both"), s.integer("chunk", "Chunk", "", 8192), s.integer("pause_ms", "Pause", ""),
    s.text("text", "Text", ""), s.integer("hold_ms", "Hold", "")], output],
  conf_progress: [s => [s.integer("per_second", "Per second", "", 2000), s.integer("ms", "Time", "ms", 3000)], progress],
  conf_block: [s => s.integer("ms", "Time", "ms", 3000), (_, integer) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, integer("ms"));
    return JobOutcome.succeeded("blocked");
  }],
  conf_config: [s => [s.text("text", "Text", "", "descriptor"), s.integer("count", "Count", "", 7), s.number("ratio", "Ratio", "", 0.5), s.toggle("flag", "Flag", "", true),
    s.duration("pause", "Pause", "", 30_000), s.list("names", "Names", "", ["a", "b"]), s.text("late", "Late", "", "later")], config],
};

/** The handlers asked for; all without a list. */
export function handlersOf(jobTypes = [...Object.keys(makers), "conf_detect"], say) {
  return jobTypes.map(jobType => {
    if (jobType === "conf_detect") return new Detecting(jobType, s => [s.integer("count", "Count", "", 10), s.integer("delay_ms", "Delay", "ms")], say);
    if (!Object.hasOwn(makers, jobType)) throw new TypeError(`there is no handler ${jobType}`);
    const [fields, work] = makers[jobType];
    return new Executing(jobType, fields, work, say);
  });
}
