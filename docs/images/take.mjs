// node take.mjs ADDRESS FOLDER: six pictures of a living admin.
import { launch } from "puppeteer-core";

const [address, folder] = process.argv.slice(2);
const browser = await launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"] });
const jobs = await (await fetch(`${address}/api/plugin/jobs?job_type=transcode&state=running&limit=50`)).json();
const running = jobs.sort((a, b) => b.progress - a.progress).find(job => job.progress < 85) ?? jobs[0];

async function take(name, path, { theme = "light", width = 1440, height = 900, prepare } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height, deviceScaleFactor: width < 600 ? 2 : 1 });
  await context.setCookie({ name: "theme", value: theme, domain: new URL(address).hostname });
  await page.goto(address + path);
  await page.waitForSelector("h1");
  await prepare?.(page);
  await new Promise(done => setTimeout(done, 3000)); // The first numbers and pictures come within a second or two.
  await page.screenshot({ path: `${folder}/${name}.png` });
  await context.close();
  console.log(`${name}.png`);
}

await take("overview", "/");
await take("jobs", "/jobs");
await take("job", `/jobs/${encodeURIComponent(running.job_id)}`, { theme: "dark" });
await take("configuration", "/plugin/configuration?job=transcode");
await take("workers", "/workers", { theme: "dark" });
await take("phone", "/", { width: 390, height: 844 });
await browser.close();
