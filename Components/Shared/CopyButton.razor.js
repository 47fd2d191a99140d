// Browsers give the clipboard to secure pages only; on plain HTTP a marked text box still can be copied.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    // Over a dialog nothing else can be marked.
    ([...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body).append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}
