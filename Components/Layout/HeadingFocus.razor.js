// The word that a page is drawn takes its way over the server. Who moved the focus at the page's own address meanwhile keeps it.
const root = document.documentElement;
let chosen = null, chosenAt = "";

const note = event => { [chosen, chosenAt] = [event.target, location.pathname]; };

export function place() {
  document.addEventListener("focusin", note);
  const now = document.activeElement, heading = document.querySelector("h1");
  const isFirst = !("placed" in root.dataset);
  const moved = now !== document.body && (isFirst || (now === chosen && chosenAt === location.pathname));
  if (heading && !moved) {
    if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
  root.dataset.placed = "";
}

export function stop() {
  document.removeEventListener("focusin", note);
}
