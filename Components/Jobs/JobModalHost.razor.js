// Where the focus was before a job was opened over the page; it goes back there.
let before = null;
document.addEventListener("focusin", event => {
  if (!event.target.closest("[role=dialog]")) before = event.target;
});

// Escape closes also before the focus has come, and when what had it went away, as a button does that was answered.
document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const shown = document.querySelector(".overlay > .modal[aria-label='Job']");
  if (shown && !shown.contains(event.target)) shown.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
});

export function opened(dialog) {
  dialog.focus();
}

export function closed() {
  if (before?.isConnected) before.focus({ preventScroll: true });
}

// The job that is above (-1) or below (1) in the lists of the page behind; null at the ends.
export function neighbour(job, step) {
  // Other links of the page name a job too: they keep the one that is open.
  const jobs = [...new Set([...document.querySelectorAll("main a[data-job]")]
    .filter(link => !link.closest("[role=dialog]"))
    .map(link => link.dataset.job))];
  const at = jobs.indexOf(job);
  return at < 0 ? null : jobs[at + step] ?? null;
}
