// Says whether the page is seen, so that nobody draws what nobody looks at.
let host = null;

const tell = () => host.invokeMethodAsync("Seen", !document.hidden).catch(() => { });

export function start(reference) {
  host = reference;
  document.addEventListener("visibilitychange", tell);
  if (document.hidden) tell();
}

export function stop() {
  document.removeEventListener("visibilitychange", tell);
}
