import type { JobOutcome } from "./handler.js";

interface Span {
  setStatus(status: { code: number; message?: string }): void;
  recordException(error: unknown): void;
  end(): void;
}

interface Api {
  trace: { getTracer(name: string): { startActiveSpan<T>(name: string, options: object, call: (span: Span) => T): T } };
  SpanKind: { CONSUMER: number };
  SpanStatusCode: { OK: number; ERROR: number };
}

/** Of the tracer, the same in all SDKs. */
const tracer = "BlazorPluginAdmin.Worker";
const module = "@opentelemetry/api";

/** Only in processes that have it. */
let api: Api | undefined;
try {
  api = (await import(module)) as Api;
} catch {
  api = undefined;
}

/** Tests bring their own. */
export function useApi(other: Api | undefined): void {
  api = other;
}

/** Runs a handler inside a span, so that its own spans are children. */
export async function spanned<T extends JobOutcome | void>(verb: string, jobType: string, attributes: object, work: () => Promise<T>): Promise<T> {
  const otel = api;
  if (!otel) return work();
  const options = { kind: otel.SpanKind.CONSUMER, attributes: { "job.type": jobType, ...attributes } };
  return otel.trace.getTracer(tracer).startActiveSpan(`${verb} ${jobType}`, options, async span => {
    try {
      const outcome = await work();
      span.setStatus(!outcome || outcome.success ? { code: otel.SpanStatusCode.OK } : { code: otel.SpanStatusCode.ERROR, message: outcome.text });
      return outcome;
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: otel.SpanStatusCode.ERROR, message: String((error as Error | undefined)?.message ?? error) });
      throw error;
    } finally {
      span.end();
    }
  });
}
