// What a program of somebody else looks like to the compiler; it is compiled, not run.
import {
  AdminClient, type CloseReason, DescriptorBuilder, HandlerTestHost, type JobHandler, JobOutcome, type JobView, PluginWorker, type RunResult, type SessionSnapshot, StartFailure, Value,
  type WorkerOptions, main, runJob,
} from "plugin-worker";

const tidy: JobHandler = {
  descriptor: new DescriptorBuilder("tidy", "Tidy").runtime({ executionTimeoutSeconds: 60 }).build(),
  async *detect(context) {
    if (!context.signal.aborted) yield { id: "p", dedupeKey: "k", priority: "high", parameters: { names: ["a"], sequence: context.sequence } };
  },
  async execute(context) {
    context.report({ percent: 50, stage: "half", metrics: { n: 1 } });
    await context.output("stdout", Buffer.from("said"));
    const name: string = context.config.text("name");
    const count: number = context.config.integer("count");
    return JobOutcome.succeeded(name, { count, big: 2n ** 60n, pause: Value.duration(1500) });
  },
};

const options: WorkerOptions = {
  address: "127.0.0.1:23646",
  executionSlots: 2,
  onClose: (reason: CloseReason, session: SessionSnapshot) => console.log(reason, session.generation),
};

export async function serve(): Promise<number> {
  const worker = new PluginWorker(options, [tidy]);
  try {
    const session: SessionSnapshot = await worker.start({ signal: AbortSignal.timeout(5000) });
    const ended: RunResult | undefined = await worker.wait();
    await worker.stop({ drain: false });
    console.log(session.address, ended?.reason === "ConnectionLost", worker.state === "Stopped");
    return (await worker.runForever({ longestDelay: 10_000 })).served;
  } catch (error) {
    return error instanceof StartFailure && error.code === "Rejected" && error.permanent ? 77 : 0;
  }
}

export async function submit(): Promise<string> {
  const client = new AdminClient("127.0.0.1:23646", { tokenFile: "token" });
  const job: JobView = await client.runJob("tidy", { name: "x" }, { onOutput: (stream, bytes) => process[stream].write(bytes) });
  for await (const piece of client.watchLogs(job.id)) console.log(piece.offset + piece.bytes.length);
  client.close();
  return (await runJob("127.0.0.1:23646", "tidy")).summary;
}

export const tested = new HandlerTestHost(tidy).execute({ parameters: { name: "x" } });
export const program: Promise<never> = main(() => new PluginWorker(options, [tidy]), { forever: true });
