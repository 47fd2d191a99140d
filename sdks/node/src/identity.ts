import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Settings } from "./options.js";

/** A worker's stable id: given, else kept in a file, else made and written there. */
export function findWorkerId(settings: Settings): string {
  if (settings.workerId !== undefined) return settings.workerId;
  const file = path.join(settings.stateDirectory, "worker.id");
  const kept = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
  if (kept) return kept;
  const host = os.hostname().toLowerCase().replace(/[^a-z0-9]/g, "").slice(0, 12) || "worker";
  const made = `w-${host}-${randomBytes(4).toString("hex")}`;
  fs.mkdirSync(settings.stateDirectory, { recursive: true });
  fs.writeFileSync(file, `${made}\n`);
  return made;
}
