import type { CloseReason } from "./sessions.js";

/** What one worker counts: read by its health port, and by whoever asks the worker. */
export class WorkerFigures {
  readonly #counts = new Map<string, Map<string, number>>([["attempts", new Map()], ["proposals", new Map()], ["sessions", new Map()]]);

  constructor(private readonly workerId: string) {}

  attemptEnded(jobType: string, outcome: "succeeded" | "failed" | "canceled"): void {
    this.#add("attempts", 1, { job_type: jobType, outcome });
  }

  proposed(jobType: string, count: number): void {
    this.#add("proposals", count, { job_type: jobType });
  }

  sessionEnded(reason: CloseReason): void {
    this.#add("sessions", 1, { reason });
  }

  /** All of them in Prometheus's text format, with what is so just now. */
  toText(now: { executing: number; detecting: number; kept: number }): string {
    const lines: string[] = [];
    for (const [name, values] of this.#counts) {
      lines.push(`# TYPE plugin_worker_${name}_total counter`);
      for (const [labels, value] of values) lines.push(`plugin_worker_${name}_total{${labels}} ${value}`);
    }
    for (const [name, value] of [["executing", now.executing], ["detecting", now.detecting], ["completions_unacknowledged", now.kept]]) {
      lines.push(`# TYPE plugin_worker_${name} gauge`, `plugin_worker_${name}{${this.#labels({})}} ${value}`);
    }
    return `${lines.join("\n")}\n`;
  }

  #add(name: string, count: number, labels: Record<string, string>): void {
    const values = this.#counts.get(name)!;
    const key = this.#labels(labels);
    values.set(key, (values.get(key) ?? 0) + count);
  }

  #labels(labels: Record<string, string>): string {
    const escaped = (text: string) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
    return Object.entries({ worker_id: this.workerId, ...labels }).map(([name, text]) => `${name}="${escaped(text)}"`).join(",");
  }
}
