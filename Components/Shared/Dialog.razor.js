// A dialog taken out of the page by a render never fires "close", so the focus is given back here.
const openers = [];

export function show(dialog) {
  openers.push(document.activeElement);
  dialog.showModal();
}

export function closed() {
  openers.pop()?.focus();
}
