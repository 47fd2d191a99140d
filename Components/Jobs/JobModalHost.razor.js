// Where the focus was before a job was opened over the page; it goes back there.
let before = null;
let shown = null;
document.addEventListener("focusin", event => {
  if (!event.target.closest("[role=dialog]")) before = event.target;
});

// What had the focus may go away, as a button does that was answered; Escape closes all the same.
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && event.target === document.body && shown?.isConnected && !document.querySelector("dialog[open]"))
    shown.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
});

export function opened(dialog) {
  shown = dialog;
  dialog.focus();
}

export function closed() {
  if (before?.isConnected) before.focus({ preventScroll: true });
}

// The job that is above (-1) or below (1) in the lists of the page behind; null at the ends.
export function neighbour(job, step) {
  const jobs = [...new Set([...document.querySelectorAll("main a[href*='detail=']")]
    .filter(link => !link.closest("[role=dialog]"))
    .map(link => new URL(link.href).searchParams.get("detail")))];
  const at = jobs.indexOf(job);
  return at < 0 ? null : jobs[at + step] ?? null;
}
