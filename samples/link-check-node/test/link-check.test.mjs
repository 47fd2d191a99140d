import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { HandlerTestHost } from "plugin-worker";
import { linkCheck } from "../link-check.mjs";

const html = body => ({ type: "text/html; charset=utf-8", body: `<!doctype html><html><body>${body}</body></html>` });
const routes = {
  "/": html(`<a href="/a">a</a> <a href='b.html#part'>b</a> <a href=/missing>gone</a> <img src="/logo.png"> <!-- <a href="/commented">no</a> -->
    <a href="mailto:me@example.org">mail</a> <a href="#here">here</a> <a href="/moved">moved</a> <a href="/loop">loop</a> <a href="/slow">slow</a> <a href="http://">none</a>`),
  "/a": html('<a href="/a/deep?x=1&amp;y=2">deep</a>'),
  "/b.html": html("nothing here"),
  "/a/deep?x=1&y=2": html('<a href="/">home</a> <a href="/a/deeper">deeper</a>'),
  "/a/deeper": html(""),
  "/logo.png": { type: "image/png", body: "png" },
  "/moved": { status: 301, location: "/b.html" },
  "/loop": { status: 302, location: "/loop" },
  "/broken": { status: 500, type: "text/plain", body: "oops" },
};
const asked = new Map();
let site;
let server;

before(async () => {
  server = http.createServer((request, response) => {
    asked.set(request.url, (asked.get(request.url) ?? 0) + 1);
    if (request.url === "/slow") return;
    const { status = 200, type = "text/plain", body = "", location } = routes[request.url] ?? { status: 404, body: "not found" };
    response.writeHead(status, location ? { location } : { "content-type": type }).end(request.method === "HEAD" ? undefined : body);
  }).listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  site = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

test("the detector proposes the pages of the sites, no deeper and no more than asked for", async () => {
  const host = new HandlerTestHost(linkCheck);
  const found = async config => {
    host.workerConfig = { sites: [`${site}/`], timeout: "5s", ...config };
    return (await host.detect()).map(proposal => proposal.dedupeKey.slice(site.length));
  };
  assert.deepEqual(await found({ site_depth: 0 }), ["/"]);
  assert.deepEqual((await found({ site_depth: 1 })).sort(), ["/", "/a", "/b.html", "/moved"]);
  assert.equal((await found({ site_depth: 5, site_pages: 3 })).length, 3);
  await assert.rejects(found({ sites: ["nowhere"] }), /nowhere is not the address of a web page/);
});

test("every link of a page is checked, and the broken ones are told", async () => {
  const host = new HandlerTestHost(linkCheck);
  host.workerConfig = { timeout: "5s" };
  const outcome = await host.execute({ url: `${site}/` });
  assert.equal(outcome.success, true);
  assert.equal(outcome.text, "4 of 8 links are broken");
  const why = Object.fromEntries(outcome.outputs.broken_links.map(text => /^(\S+) \((.*)\)$/.exec(text).slice(1)));
  assert.deepEqual(why, { [`${site}/missing`]: "status 404", [`${site}/loop`]: "more than 5 redirects", [`${site}/slow`]: "no answer within 5 s", "http://": "no address" });
  assert.match(host.output, new RegExp(`${site}/ -> ${site}/missing: status 404\n`));
  assert.equal(host.progress.at(-1).percent, 100);
});

test("a job may look at pages further away", async () => {
  asked.clear();
  const outcome = await new HandlerTestHost(linkCheck).execute({ url: `${site}/a`, depth: 1, pages: 10 });
  assert.deepEqual([outcome.text, outcome.outputs.pages], ["3 links are fine", 2]);
  assert.equal(asked.get("/a/deeper"), 1);
});

test("a page that is not there fails for good, one that is out of order may be tried again", async () => {
  const host = new HandlerTestHost(linkCheck);
  assert.deepEqual(await host.execute({ url: `${site}/missing` }).then(({ success, outputs }) => [success, outputs.error_class]), [false, "permanent"]);
  assert.deepEqual(await host.execute({ url: `${site}/broken` }).then(({ success, outputs }) => [success, outputs.error_class]), [false, "transient"]);
  assert.match((await host.execute({ url: "ftp://example.org" })).text, /is not the address/);
});

test("a cancel ends it at once", async () => {
  const cancel = new AbortController();
  const host = new HandlerTestHost(linkCheck);
  host.workerConfig = { timeout: "60s" };
  const ended = assert.rejects(host.execute({ url: `${site}/slow` }, { signal: cancel.signal }), { name: "AbortError" });
  cancel.abort();
  await ended;
});
