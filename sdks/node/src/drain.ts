import { type Clock, within } from "./clock.js";
import type { WorkRunner } from "./runner.js";
import type { Session } from "./session.js";

/** How long results wait for the admin's word when the worker stops. */
const ackLimit = 5000;
/** How long the admin may take to end the stream as well. */
const finishLimit = 5000;
/** How long cancelled handlers have to report their end while the stream is still there. */
const lastWords = 1000;
/**
 * No new work; what runs is finished within the grace, what then still runs is cancelled, and results are sent.
 * @param cut Settled by whoever wants the end now.
 * @param mayClaim Work whose stream is lost meanwhile is left alone: the next session may claim it.
 */
export async function drainSession(clock: Clock, runner: WorkRunner, session: Session, grace: number, cut: Promise<void>, mayClaim: () => boolean): Promise<void> {
  runner.announceStop();
  session.workChanged();
  const { lost } = session;
  if (!(await within(clock, grace, Promise.race([runner.idle(), cut, lost]))) || runner.running.length > 0) {
    if (session.wasLost && mayClaim()) return;
    runner.cancelAll();
    await within(clock, lastWords, Promise.race([runner.idle(), lost]));
  }
  // Who wants an end now does not wait for the admin's word: results that are not acknowledged are kept.
  if (session.has("ack") && grace > 0) await within(clock, ackLimit, Promise.race([runner.completions.emptied(), cut, lost]));
  await Promise.race([session.finish(grace > 0 ? finishLimit : lastWords), lost]);
}
