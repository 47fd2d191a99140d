// node measure.mjs ADDRESS ROUNDS: what a person waits for, in a real browser. One JSON object a line: {"name", "values", "unit"}.
// The admin has a job type "probe" whose one worker prints a line with the time every 100 ms, or fills a log when a label asks for it.
import { launch } from "puppeteer-core";

const [address, rounds] = [process.argv[2], Number(process.argv[3])];
const say = (name, values, unit = "ms") => console.log(JSON.stringify({ name, values, unit }));
const api = async (path, body) => (await fetch(`${address}/api/plugin/${path}`, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })).json();
const submit = async (summary, labels = {}) => (await api("jobs/execute?async=true", { job: { job_type: "probe", summary, labels }, timeout_seconds: 600 })).operation_id;
const times = async once => { const taken = []; for (let n = 0; n < rounds; n++) taken.push(await once(n)); return taken; };

const browser = await launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
await page.setViewport({ width: 1280, height: 800 });
await page.evaluateOnNewDocument(() => {
  // From an act to the frame after the one in which what was waited for is in the page.
  window.until = (found, act = () => {}) => new Promise(done => {
    const began = performance.now();
    const look = () => { if (found()) { observer.disconnect(); requestAnimationFrame(() => done(performance.now() - began)); } };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    act();
    look();
  });
});
const open = async path => { await page.goto(address + path); await page.waitForSelector("main h1"); };
const until = (found, act) => page.evaluate(`until(() => ${found}, () => { ${act ?? ""} })`);
const row = text => `[...document.querySelectorAll("[data-testid=job-row]")].some(row => row.textContent.includes(${JSON.stringify(text)}))`;

// First visit, nothing in the cache.
const network = await page.createCDPSession();
await network.send("Network.enable");
let bytes = 0;
network.on("Network.loadingFinished", loaded => bytes += loaded.encodedDataLength);
await open("/");
say("first visit, transferred before usable", [bytes / 1000], "kB");

// Lists and search over all that is stored. Who opens a list has looked at the page before for a second; the first rounds, in which the admin's code is still being compiled, do not count.
const listFromOverview = async () => {
  await until(`document.querySelector("main h1")?.textContent.includes("Overview")`, `Blazor.navigateTo("./")`);
  await new Promise(looked => setTimeout(looked, 1000));
  return until(`document.querySelector("main h1")?.textContent.includes("Jobs") && document.querySelector("[data-testid=job-row]")`, `Blazor.navigateTo("jobs")`);
};
await times(listFromOverview);
say("first list page", await times(listFromOverview));
say("text search", await times(n => until(row(`volume ${7 * n + 100000} `), `Blazor.navigateTo("jobs?q=" + encodeURIComponent('"volume ${7 * n + 100000} "'))`)));

// One job: open it over the list, ask for its end.
await open("/jobs");
await page.waitForSelector("[data-testid=job-link]");
say("open a job over the list", await times(async () => {
  const taken = await until(`document.querySelector("[data-testid=job-modal] [data-testid=close-job]")`, `document.querySelector("[data-testid=job-link]").click()`);
  await until(`!document.querySelector("[data-testid=job-modal]")`, `document.querySelector("[data-testid=close-job]").click()`);
  return taken;
}));
// The palette, from the letter that completes the start of an id to its row.
const known = await submit("found by its start", { "require.none": "yes" });
await open("/workers");
await page.waitForSelector("html[data-ready]");
say("palette, from a key to the job it finds", await times(async () => {
  await page.keyboard.down("Control"); await page.keyboard.press("k"); await page.keyboard.up("Control");
  await page.waitForSelector("[data-testid=palette] input:focus");
  const taken = await until(`document.querySelector("[data-testid=palette] [role=option]")?.textContent.includes("${known}")`, `const box = document.querySelector("[data-testid=palette] input"); box.value = "${known.slice(0, -2)}"; box.dispatchEvent(new Event("input", { bubbles: true }))`);
  await page.keyboard.press("Escape");
  await until(`!document.querySelector("[data-testid=palette]")`);
  return taken;
}));
say("action, to its visible answer", await times(async n => {
  await open(`/jobs/${await submit(`waits ${n}`, { "require.none": "yes" })}`);
  await page.waitForSelector("[data-testid=cancel-job]");
  await until(`document.querySelector("[data-testid=cancel-job-confirm]")`, `document.querySelector("[data-testid=cancel-job]").click()`);
  return until(`document.querySelector("main .chip-canceled")`, `document.querySelector("[data-testid=cancel-job-confirm]").click()`);
}));

// From the commit (the admin's clock is this machine's) to the frame that shows it.
await open("/plugin/queue?job=probe");
say("committed, to the frame that shows it", await times(async n => {
  await new Promise(passed => setTimeout(passed, Math.random() * 1000)); // Changes do not come in step with the page.
  const shown = page.evaluate(`until(() => ${row(`pixel ${n}`)}).then(() => Date.now())`);
  const id = await submit(`pixel ${n}`, { "require.none": "yes" });
  const seen = await shown;
  return seen - Date.parse((await api(`jobs/${id}`)).created_at);
}));
const talking = await submit("talks");
await open(`/jobs/${talking}`);
const last = `Number(document.querySelector("[data-testid=job-log]")?.textContent.match(/at (\\d+)(?=\\D*$)/)?.[1] ?? 0)`;
await until(`${last} > 0`);
say("log line written, to the frame that shows it", await times(() => page.evaluate(`(() => { const before = ${last}; return until(() => ${last} > before).then(() => Date.now() - ${last}); })()`)));

// The output of an ended job, all 16 MiB that are kept of it; first with nothing warm, then again and again.
const long = await submit("fills its log", { fill: "yes" });
while ((await api(`jobs/${long}`)).state !== "job_state_succeeded") await new Promise(done => setTimeout(done, 200));
const paint = async () => {
  await until(`!document.querySelector("[data-testid=log-card]")`, `Blazor.navigateTo("workers")`);
  return until(`document.querySelector("[data-testid=job-log]")?.children.length > 100`, `Blazor.navigateTo("jobs/${long}")`);
};
say("first paint of a log of 16 MiB, cold", [await paint()]);
say("first paint of a log of 16 MiB", await times(paint));
await browser.close();
