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
    root.dataset[name] = value;
  }
}
