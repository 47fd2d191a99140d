// node timeline.mjs ADDRESS MINUTES: the Activity page under a flood. Every 20 s one JSON object: {"minute", "answerMs", "heapMegabytes", "elements"}.
// answerMs: from a click on pause, and on resume, to the frame that shows it, the longer of both.
import { launch } from "puppeteer-core";

const [address, minutes] = [process.argv[2], Number(process.argv[3])];
const browser = await launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 800 });
await page.goto(`${address}/activity`);
await page.waitForSelector("html[data-ready] [data-testid=live-switch]");
const devtools = await page.createCDPSession();
const press = pressed => page.evaluate(pressed => new Promise(done => {
  const began = performance.now();
  const observer = new MutationObserver(look);
  function look() {
    if (document.querySelector("[data-testid=live-switch]").getAttribute("aria-pressed") !== pressed) return;
    observer.disconnect();
    requestAnimationFrame(() => done(performance.now() - began));
  }
  observer.observe(document, { subtree: true, childList: true, attributes: true });
  document.querySelector("[data-testid=live-switch]").click();
}), pressed);

const began = performance.now();
while (performance.now() - began < minutes * 60_000) {
  await new Promise(done => setTimeout(done, 20_000));
  const answers = [await press("true"), await press("false")];
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  console.log(JSON.stringify({ minute: (performance.now() - began) / 60_000, answerMs: Math.max(...answers), heapMegabytes: usedSize / 1e6, elements }));
}
await browser.close();
