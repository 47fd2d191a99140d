// A dialog taken out of the page by a render never closes by itself, so that is done here, and the focus given back. One may open
// another and go before it: then the focus goes back to where the first came from.
const shown = [];

export function show(dialog, id) {
  shown.push({ id, dialog, opener: document.activeElement });
  dialog.showModal();
}

export function closed(id) {
  const at = shown.findIndex(entry => entry.id === id);
  if (at < 0) return;
  const [{ dialog, opener }] = shown.splice(at, 1);
  if (shown[at] && dialog.contains(shown[at].opener)) shown[at].opener = opener;
  if (dialog.isConnected) dialog.close();
  opener?.focus?.({ preventScroll: true });
}
