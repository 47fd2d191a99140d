// Shows queue and jobs of an admin as they change: node monitor.mjs [http://127.0.0.1:23646] [job type ...]
import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";

const [address = "http://127.0.0.1:23646", ...types] = process.argv.slice(2);
const hub = new HubConnectionBuilder()
  .withUrl(new URL("hubs/monitor", address.endsWith("/") ? address : address + "/").href)
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 1000 })
  .configureLogging(LogLevel.Error)
  .build();

function watch() {
  hub.stream("Watch", { topics: ["queue", "jobs"], job_types: types }).subscribe({
    next({ kind, version, topics }) {
      for (const queue of topics.queue?.changed ?? []) {
        console.log(`${kind} ${version}: ${queue.job_type} ${queue.phase}, ${queue.queued} queued, ${queue.running} of ${queue.limit} running`);
      }
      for (const job of topics.jobs?.changed ?? []) {
        console.log(`${kind} ${version}: ${job.job_id} ${job.state.replace("job_state_", "")} ${job.summary ?? ""} ${job.waiting?.text ?? job.message ?? ""}`);
      }
    },
    error: problem => hub.state === "Connected" && (console.error(problem.message), process.exit(1)),
    complete() {},
  });
}

hub.onreconnected(watch); // A new connection knows nothing of the old one: it begins with a snapshot again.
await hub.start();
watch();
