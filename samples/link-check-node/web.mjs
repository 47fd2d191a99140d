// What a link checker does on the web: fetch a page, find its links, see whether they lead anywhere.

/** Longest page that is read, in bytes; what comes after is not looked at. */
const pageLimit = 2 * 1024 * 1024;
const redirectLimit = 5;

/**
 * One request, redirects followed by hand: { status, url, type, text } of where it ends, or { error }.
 * Throws only the reason of the signal.
 */
export async function request(url, { method = "GET", timeout, signal, wantsText = false }) {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeout / 1000} s`)), timeout);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (let hops = 0; ; hops++) {
      const response = await fetch(url, { method, redirect: "manual", signal: limit.signal, headers: { "user-agent": "link-check-sample" } });
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location) {
        await response.body?.cancel();
        if (hops === redirectLimit) return { error: `more than ${redirectLimit} redirects` };
        const next = new URL(location, url);
        if (!isWeb(next)) return { error: `redirected to ${next.protocol}` };
        url = next.href;
        continue;
      }
      const type = response.headers.get("content-type") ?? "";
      return { status: response.status, url, type, text: wantsText ? await read(response) : await response.body?.cancel() };
    }
  } catch (error) {
    signal.throwIfAborted();
    return { error: limit.signal.aborted ? limit.signal.reason.message : (error.cause?.code ?? error.cause?.message ?? error.message) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** Why a link is broken; undefined when it is not. Servers that know no HEAD are asked with GET. */
export async function broken(url, options) {
  let answer = await request(url, { ...options, method: "HEAD" });
  if ([403, 404, 405, 501].includes(answer.status)) answer = await request(url, options);
  return answer.error ?? (answer.status >= 400 ? `status ${answer.status}` : undefined);
}

/** Links of a page, absolute, without fragments, each once. */
export function linksOf(html, base) {
  const links = new Set();
  const tags = html.replace(/<!--[\s\S]*?-->/g, "").matchAll(/<(a|area|link|img|script|iframe|source)\b[^>]*?\s(?:href|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi);
  for (const [, tag, ...quoted] of tags) {
    const text = (quoted.find(part => part !== undefined) ?? "").trim().replaceAll("&amp;", "&");
    if (text === "" || text.startsWith("#")) continue;
    let url;
    try {
      url = new URL(text, base);
    } catch {
      links.add(JSON.stringify({ url: text, isPage: false, why: "no address" }));
      continue;
    }
    url.hash = "";
    if (isWeb(url)) links.add(JSON.stringify({ url: url.href, isPage: /^(a|area|iframe)$/i.test(tag) }));
  }
  return [...links].map(link => JSON.parse(link));
}

/** The pages of one host that are at most so many links away, nearest first: { url, answer, links }. */
export async function* pages(start, { depth, most, ...options }) {
  const queue = [{ url: new URL(start).href, distance: 0 }];
  const seen = new Set([queue[0].url]);
  const { host } = new URL(start);
  for (let count = 0; queue.length > 0 && count < most; ) {
    const { url, distance } = queue.shift();
    const answer = await request(url, { ...options, wantsText: true });
    const isPage = answer.status < 400 && /^text\/html\b/i.test(answer.type);
    if (!isPage && distance > 0) continue;
    count++;
    const links = isPage ? linksOf(answer.text, answer.url) : [];
    yield { url, answer, links };
    if (distance === depth || !isPage || new URL(answer.url).host !== host) continue;
    for (const link of links) {
      if (!link.isPage || seen.has(link.url) || new URL(link.url).host !== host || seen.size >= 10 * most) continue;
      seen.add(link.url);
      queue.push({ url: link.url, distance: distance + 1 });
    }
  }
}

const isWeb = url => url.protocol === "http:" || url.protocol === "https:";

async function read(response) {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    text += decoder.decode(piece, { stream: true });
    if (size > pageLimit) break;
  }
  return text;
}
