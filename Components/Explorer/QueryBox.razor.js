// Keys that belong to the open list must not also move the cursor or the focus; that cannot wait for the server.
export function attach(root) {
  root.querySelector("input").addEventListener("keydown", event => {
    const open = !root.querySelector("[role=listbox]").hidden;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp" || (event.key === "Tab" && root.querySelector("[aria-selected=true]")))) event.preventDefault();
  });
}

// After a suggestion the text goes on at its end; who types faster than this arrives has gone on already.
export function write(root, text) {
  const input = root.querySelector("input");
  input.focus();
  if (input.value.startsWith(text)) return;
  input.value = text;
  input.setSelectionRange(text.length, text.length);
}
