// Where the focus was before a job was opened over the page; it goes back there.
let before = null;
document.addEventListener("focusin", event => {
  if (!event.target.closest("[role=dialog]")) before = event.target;
});

export function opened(dialog) {
  dialog.focus();
}

export function closed() {
  if (before?.isConnected) before.focus({ preventScroll: true });
}
