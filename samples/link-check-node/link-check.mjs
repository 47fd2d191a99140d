// The job type link_check: its detector proposes the pages of the sites people configured, its executor checks every link of a page.
import { DescriptorBuilder, JobOutcome } from "plugin-worker";
import { broken, pages } from "./web.mjs";

/** Broken links in a result; all of them are in the output. */
const mostNamed = 100;

const descriptor = new DescriptorBuilder("link_check", "Link check", { description: "Finds links that lead nowhere.", icon: "fa-link" })
  .runtime({ detectionIntervalMinutes: 60, globalExecutionConcurrency: 4, perWorkerExecutionConcurrency: 4, executionTimeoutSeconds: 900 })
  .worker(form => form
    .section("sites", "Sites", "Whose pages are checked again and again.", sites => {
      sites.list("sites", "Start pages", "One address per line, such as https://example.org/.").maxItems(100);
      sites.integer("site_depth", "Depth", "How many links away from the start page, on the same host.", 2).range(0, 5);
      sites.integer("site_pages", "Pages", "Most pages per site.", 200).range(1, 10_000);
    })
    .section("limits", "Limits", "", limits => {
      limits.duration("timeout", "Timeout", "For each request with its redirects.", 10_000);
      limits.integer("links", "Links", "Most links that are checked per page.", 500).range(1, 5000);
      limits.integer("at_once", "At once", "Links that are checked at the same time.", 8).range(1, 64);
    })
    .section("job", "Job", "", job => {
      job.text("url", "Page", "The page whose links are checked.").required().check("http_url");
      job.integer("depth", "Depth", "Also pages of the same host so many links away.", 0).range(0, 5);
      job.integer("pages", "Pages", "Most pages.", 50).range(1, 10_000);
    }))
  .build();

export const linkCheck = {
  descriptor,

  async *detect(context) {
    const { config, signal } = context;
    for (const site of config.texts("sites")) {
      if (!isWeb(site)) throw new Error(`${site} is not the address of a web page`);
      context.report({ stage: site });
      for await (const page of pages(site, { depth: config.integer("site_depth"), most: config.integer("site_pages"), timeout: config.duration("timeout"), signal })) {
        yield { id: page.url.slice(0, 200), dedupeKey: page.url, summary: `links of ${page.url}`, parameters: { url: page.url } };
      }
    }
  },

  validate: ({ config }) => (isWeb(config.text("url")) ? undefined : `'${config.text("url")}' is not the address of a web page`),

  async execute(context) {
    const { config, signal } = context;
    const options = { timeout: config.duration("timeout"), signal };
    const found = { pages: 0, links: 0, broken: [] };
    const known = new Map();
    for await (const page of pages(config.text("url"), { ...options, depth: config.integer("depth"), most: config.integer("pages") })) {
      const { answer } = page;
      if (found.pages === 0 && (answer.error || answer.status >= 400)) {
        const why = answer.error ?? `status ${answer.status}`;
        return JobOutcome.failed(`${page.url}: ${why}`, { permanent: answer.status < 500 });
      }
      found.pages++;
      await check(context, page, found, known, options);
    }
    const summary = found.broken.length === 0 ? `${found.links} links are fine` : `${found.broken.length} of ${found.links} links are broken`;
    return JobOutcome.succeeded(summary, { pages: found.pages, links: found.links, broken: found.broken.length, broken_links: found.broken.slice(0, mostNamed) });
  },
};

/** The links of one page, several at once. */
async function check(context, page, found, known, options) {
  const { config } = context;
  const links = page.links.slice(0, config.integer("links"));
  if (links.length < page.links.length) await context.writeLine(`${page.url}: only the first ${links.length} of ${page.links.length} links are checked`);
  let next = 0;
  const checker = async () => {
    while (next < links.length) {
      const link = links[next++];
      if (!known.has(link.url)) known.set(link.url, link.why ? Promise.resolve(link.why) : broken(link.url, options));
      const why = await known.get(link.url);
      found.links++;
      context.report({ percent: (100 * next) / links.length, stage: page.url, metrics: { pages: found.pages, links: found.links, broken: found.broken.length } });
      if (!why) continue;
      found.broken.push(`${link.url} (${why})`);
      await context.writeLine(`${page.url} -> ${link.url}: ${why}`);
    }
  };
  await Promise.all(Array.from({ length: config.integer("at_once") }, checker));
}

function isWeb(text) {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}
