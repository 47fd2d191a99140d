// A dialog taken out of the page by a render never closes by itself, so that is done here, and the focus given back.
const shown = [];

export function show(dialog) {
  shown.push([dialog, document.activeElement]);
  dialog.showModal();
}

export function closed() {
  const [dialog, opener] = shown.pop() ?? [];
  if (dialog?.isConnected) dialog.close();
  opener?.focus?.({ preventScroll: true });
}
