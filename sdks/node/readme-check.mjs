// Follows README.md in an empty folder: node readme-check.mjs HTTP-ADDRESS of a running admin.
// Blocks with a file's name are written, `sh` blocks are run, the `sh background` block is the worker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [http] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(path.join(os.tmpdir(), "readme-"));
let worker;

async function run(script, cwd = folder) {
  const child = spawn("bash", ["-ec", script], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", data => (output += data));
  const [code] = await once(child, "close");
  assert.equal(code, 0, `${script}\n${output}`);
  return output;
}

function start(script) {
  worker = spawn("bash", ["-c", `exec env ${script}`], { cwd: folder, stdio: ["ignore", "inherit", "pipe"] });
  worker.ended = once(worker, "exit");
  return new Promise((resolve, reject) => {
    let said = "";
    worker.stderr.on("data", data => {
      said += data;
      if (said.includes("is connected")) resolve();
    });
    worker.once("exit", code => reject(new Error(`the worker ended with ${code}: ${said}`)));
  });
}

try {
  await run(`npm pack --silent --ignore-scripts --pack-destination '${folder}'`, here);
  let last = "";
  for (const [, language, name, text] of readFileSync(path.join(here, "README.md"), "utf8").matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)) {
    const block = text.replaceAll("127.0.0.1:23646", http);
    if (language === "sh") last = name === "background" ? (await start(block), last) : await run(block);
    else writeFileSync(path.join(folder, name), block);
  }
  assert.equal(last.trim(), "SUCCEEDED 2 lines 2");
  const handler = readFileSync(path.join(folder, "handler.mjs"), "utf8");
  assert.ok(handler.trim().split("\n").length <= 30, "the handler has more than 30 lines");
  worker.kill("SIGTERM");
  assert.deepEqual(await worker.ended, [0, null]);
  console.log("The page holds.");
} finally {
  worker?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
