// What only the browser can do: say whether the page is seen and what its clock says, keep choices as cookies, so that the
// server knows them before the first byte of a page, and change the theme in place.
const root = document.documentElement;
const path = new URL(document.baseURI).pathname;
let host = null;

const keep = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=${path}; max-age=31536000; samesite=lax`; };
const tell = () => host.invokeMethodAsync("Seen", !document.hidden).catch(() => { });

export function start(reference) {
  host = reference;
  document.addEventListener("visibilitychange", tell);
  if (document.hidden) tell();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  keep("zone", zone);
  return { zone, offsetMinutes: -new Date().getTimezoneOffset(), now: Date.now() };
}

export function stop() {
  document.removeEventListener("visibilitychange", tell);
}

export function remember(choices) {
  for (const [name, value] of choices) {
    keep(name, value);
    if (name === "theme") show(value);
    else root.dataset[name] = value;
  }
}

// The new sheets are loaded before the old ones go, so that nothing flashes.
async function show(theme) {
  const wanted = theme === "system" ? ["light", "dark"] : [theme];
  const old = [...document.querySelectorAll("link[data-sheet]")];
  let last = old.at(-1) ?? document.head.lastElementChild;
  const loaded = wanted.flatMap(name => root.dataset[`sheets${name}`].split(" ").map(href => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, media: theme === "system" ? `(prefers-color-scheme: ${name})` : "all" });
    link.dataset.sheet = name;
    const done = new Promise(resolve => link.onload = link.onerror = resolve);
    last.after(link);
    last = link;
    return done;
  }));
  await Promise.all(loaded);
  root.dataset.theme = theme;
  old.forEach(link => link.remove());
}
