// An admin that can be killed: node admin-process.mjs PORT; commands and reports are lines of JSON.
import { createInterface } from "node:readline";
import { ScriptedAdmin } from "./scripted-admin.mjs";

const say = report => process.stdout.write(`${JSON.stringify(report)}\n`);
const admin = await ScriptedAdmin.listen({ port: Number(process.argv[2]) });
say({ port: admin.port });
const stream = await admin.stream();
say({ claimed: stream.hello.running_work.map(work => work.request_id) });
stream.call.on("data", message => {
  if (message.body !== "job_completed") return;
  // Reported first, acknowledged then: what is acknowledged is known.
  process.stdout.write(`${JSON.stringify({ completed: message.job_completed.job_id })}\n`, () =>
    stream.send({ job_completed_ack: { request_id: message.job_completed.request_id, job_id: message.job_completed.job_id } }));
});
stream.accept();

createInterface({ input: process.stdin }).on("line", async line => {
  const command = JSON.parse(line);
  if (command.execute) {
    for (const id of command.execute) stream.execute("held", {}, { id });
    await stream.until(messages => messages.filter(message => message.acknowledge?.accepted).length === command.execute.length);
    say({ acknowledged: command.execute.length });
  } else {
    await stream.settle();
    say({ pong: true });
  }
});
