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
await main(() => new PluginWorker({ logger: consoleLogger() }, [nap]), { forever: process.argv[2] !== "once" });
