import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { HandlerTestHost } from "plugin-worker";
import { lineCounter } from "../line-counter.js";

// The handler without an admin and without a network.
test("a file is found and counted", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "lines-"));
  try {
    await writeFile(path.join(folder, "a.txt"), "one\ntwo\n");
    const host = new HandlerTestHost(lineCounter);
    host.workerConfig = { folder };
    const [found] = await host.detect();
    const outcome = await host.execute(found.parameters);
    assert.deepEqual([outcome.success, outcome.text], [true, "2 lines"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file that is gone fails for good", async () => {
  const outcome = await new HandlerTestHost(lineCounter).execute({ file: "/no/such/file" });
  assert.deepEqual([outcome.success, outcome.text], [false, "/no/such/file is gone"]);
});
