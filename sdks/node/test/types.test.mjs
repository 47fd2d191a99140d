// The package's types, as programs of somebody else see them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const tsc = path.join(here, "..", "node_modules", "typescript", "bin", "tsc");

test("a program in TypeScript compiles against the package, strictly and with its declarations; one that is wrong does not", t => {
  const wrong = path.join(here, "wrong-consumer.ts");
  t.after(() => rmSync(wrong, { force: true }));
  const program = readFileSync(path.join(here, "consumer.ts"), "utf8");
  writeFileSync(wrong, program.replace("executionSlots: 2", 'executionSlots: "2"').replace("drain: false", "drian: false").replace('"ConnectionLost"', '"Lost"'));
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, "consumer.ts", "wrong-consumer.ts"], { cwd: here, encoding: "utf8" });
  const mistakes = ["Type 'string' is not assignable to type 'number'", "'drian' does not exist in type 'StopOptions'", "have no overlap"];
  const lines = stdout.split("\n").filter(line => /^\S/.test(line));
  assert.equal(lines.length, mistakes.length, stdout);
  for (const mistake of mistakes) assert.ok(lines.some(line => line.startsWith("wrong-consumer.ts") && line.includes(mistake)), stdout);
});
