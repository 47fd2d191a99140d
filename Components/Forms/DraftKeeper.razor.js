// A box tells the server its text when it is left. Until then this page alone knows it, so it keeps it in its session, secrets excepted.
const described = ':is([data-field], .new-job)';
const pause = time => new Promise(done => setTimeout(done, time));

// Items of a list are known by their place: their ids are new whenever the list is drawn anew.
const addressOf = box => box.id && !box.closest('.field-item')
  ? `#${CSS.escape(box.id)}`
  : `#${CSS.escape(box.closest('section[id]').id)} [data-field="${CSS.escape(box.closest('[data-field]').dataset.field)}"] [aria-label="${CSS.escape(box.ariaLabel)}"]`;

export function keepTyping(form, keeper, within) {
  const boxes = `${within || described} :is(input:not([type]), input[type=text], textarea)`;
  const key = `typing:${form}`;
  const texts = new Map(JSON.parse(sessionStorage.getItem(key))?.texts ?? []);
  let current = null;
  let restoring = false;
  let timer = 0;

  const write = () => {
    clearTimeout(timer);
    try {
      if (texts.size) sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), texts: [...texts] }));
      else sessionStorage.removeItem(key);
    } catch { /* The session is full; the draft on the server's side still holds all boxes that were left. */ }
  };
  const tell = typing => keeper.invokeMethodAsync('TypingAsync', typing).catch(() => { });
  const typed = event => {
    const box = event.target;
    if (restoring || !box.matches(boxes) || box.autocomplete === 'new-password') return;
    texts.set(addressOf(box), box.value);
    clearTimeout(timer);
    timer = setTimeout(write, 300);
    if (current === box) return;
    current = box;
    tell(true);
  };
  const left = () => {
    if (!current) return;
    current = null;
    tell(false);
  };
  // What was said while the connection broke may not have arrived. Of each text the server says so when it has it (settle).
  const again = () => {
    for (const address of texts.keys()) {
      const box = document.querySelector(address);
      if (box && box !== current) box.dispatchEvent(new Event('change', { bubbles: true }));
    }
    tell(!!current);
  };
  document.addEventListener('input', typed);
  document.addEventListener('focusout', left);
  document.addEventListener('reconnected', again);
  addEventListener('pagehide', write);

  return {
    // Text of boxes nobody left is typed again; answers when it was typed first, or 0.
    async restore() {
      const at = JSON.parse(sessionStorage.getItem(key))?.at;
      let found = false;
      for (const [address, text] of [...texts]) {
        const box = document.querySelector(address);
        if (!box || box.value === text) continue;
        for (let n = 0; n < 100 && !within && box.matches('.field-area') && !box.dataset.streams; n++) await pause(50);
        box.value = text;
        restoring = true;
        for (const kind of ['input', 'change']) box.dispatchEvent(new Event(kind, { bubbles: true }));
        restoring = false;
        found = true;
      }
      return found ? at : 0;
    },
    settle() {
      const open = current?.isConnected ? addressOf(current) : '';
      for (const address of texts.keys()) if (address !== open) texts.delete(address);
      write();
    },
    forget() {
      texts.clear();
      write();
    },
    stop() {
      write();
      document.removeEventListener('input', typed);
      document.removeEventListener('focusout', left);
      document.removeEventListener('reconnected', again);
      removeEventListener('pagehide', write);
    },
  };
}
