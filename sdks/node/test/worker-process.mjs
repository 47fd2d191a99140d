// A worker process as a pool starts it: node worker-process.mjs [once].
import { DescriptorBuilder, JobOutcome, PluginWorker, consoleLogger, main } from "../dist/index.js";

const nap = {
  descriptor: new DescriptorBuilder("nap", "Nap").build(),
  execute: context => new Promise(resolve => {
    context.report({ stage: "asleep" });
    const timer = setTimeout(() => resolve(JobOutcome.succeeded("slept")), context.config.integer("ms"));
    context.stopping.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(JobOutcome.succeeded("woken by the stop"));
    });
  }),
};
/** Forgets a promise that fails, or throws where nobody catches it; goes on all the same. */
const careless = {
  descriptor: new DescriptorBuilder("careless", "Careless").build(),
  execute: context => {
    if (context.config.text("how") === "reject") void Promise.reject(new Error("forgotten"));
    else setImmediate(() => { throw new Error("thrown by a callback"); });
    return JobOutcome.succeeded("done");
  },
};
await main(() => new PluginWorker({ logger: consoleLogger() }, [nap, careless]), { forever: process.argv[2] !== "once" });
