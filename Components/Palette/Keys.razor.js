// Keys for everything a mouse does. An element says which key clicks it (data-key), or that the palette alone does (data-deed); what is left is moving between rows, search and help.
// Nothing of this happens while somebody types, with a modifier, or when shortcuts are switched off.
const patience = 1500;
let host = null, prefix = "", prefixAt = 0, offered = [], lastRow = -1;

// What was typed between the key that opens the palette and its box; null when none is on its way.
let early = null;

// What a pressed key counts as: pairs of characters, the usual key and the one somebody presses for it.
const usual = pressed => {
  const pairs = document.documentElement.dataset.keymap ?? "";
  for (let n = 0; n + 1 < pairs.length; n += 2) if (pairs[n + 1] === pressed) return pairs[n];
  return pressed;
};

const typing = element => element.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");
const scope = () => [...document.querySelectorAll("dialog[open], [role=dialog][aria-modal=true]")].at(-1) ?? document.body;
const usable = element => element.checkVisibility() && !element.disabled && !element.closest("[inert]");
const within = selector => [...scope().querySelectorAll(selector)].filter(usable);

// What has a key; of two with the same one the page's, not that of the frame around it.
function keyed() {
  const all = within("[data-key], [data-deed]"), own = element => !!element.closest("main, dialog, [role=dialog]");
  const taken = new Set(all.filter(own).map(element => element.dataset.key));
  return all.filter(element => own(element) || !taken.has(element.dataset.key));
}
const name = element => element.dataset.keyLabel || element.dataset.deed || element.getAttribute("aria-label") || element.textContent.trim();

function offer() {
  offered = keyed().filter(element => !element.dataset.key?.startsWith("g "));
  return offered.map(element => ({ key: element.dataset.key ?? "", label: name(element) }));
}

// What works on some row of the page.
function ofRows() {
  const rows = within("[data-row]"), any = selector => rows.some(row => row.querySelector(selector));
  return rows.length === 0 ? [] : ["j", "k", ...any("[data-row-open]") ? ["Enter"] : [], ...any("[data-row-select]") ? ["x"] : [],
    ...new Set(rows.flatMap(row => [...row.dataset.rowKeys ?? "", ...[...row.querySelectorAll("[data-row-key]")].map(button => button.dataset.rowKey)]))];
}

const help = () => host.invokeMethodAsync("Help", offer(), ofRows());

const opened = () => document.querySelector("[data-testid=palette][open], [data-testid=keys][open]");

function press(element) {
  element.click();
  if (element.matches("input, select, textarea, .card-anchor")) element.focus({ preventScroll: element.matches("a") });
}

const inSight = row => {
  const { top, bottom } = row.getBoundingClientRect(), box = row.closest(".scroll")?.getBoundingClientRect();
  return bottom > Math.max(0, box?.top ?? 0) && top < Math.min(innerHeight, box?.bottom ?? innerHeight);
};

// Beside the last row that is drawn of a long list stands one in place of all that follow, which come when it is in sight.
function whenDrawn(rows, then) {
  const watch = new MutationObserver(() => { watch.disconnect(); then(); });
  watch.observe(rows, { childList: true });
  setTimeout(() => watch.disconnect(), 2 * patience);
  return true;
}

function move(by) {
  const rows = within("[data-row]");
  if (rows.length === 0) return false;
  const now = rows.findIndex(row => row.contains(document.activeElement));
  const beside = rows[now]?.[by > 0 ? "nextElementSibling" : "previousElementSibling"];
  if (beside?.matches("tr[aria-hidden]") && beside.offsetHeight > 0) return whenDrawn(beside.parentElement, () => move(by));
  let next = Math.max(0, Math.min(rows.length - 1, now >= 0 ? now + by : lastRow));
  // The row that had the focus was scrolled away, and of a long list only what is looked at is drawn: it goes on from there.
  if (now < 0 && !inSight(rows[next])) next = Math.max(0, rows.findIndex(inSight));
  lastRow = next;
  const row = rows[lastRow], link = row.querySelector("[data-row-open]");
  if (!link && !row.hasAttribute("tabindex")) row.tabIndex = -1;
  (link ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function fixed(key) {
  const row = document.activeElement?.closest("[data-row]");
  switch (key) {
    case "j": return move(1);
    case "k": return move(-1);
    case "x": row?.querySelector("[data-row-select]")?.click(); return !!row;
    case "Enter":
      if (document.activeElement !== row) return false;
      row?.querySelector("[data-row-open]")?.click();
      return !!row;
    case "/": return focusSearch();
    case "?": help(); return true;
    default: return !!row && onRow(row, key);
  }
}

// A key for the row with the focus: its own button, or that of what it opens, pressed there as soon as it is drawn, unless it would act without asking.
function onRow(row, key) {
  const button = row.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  if (button) press(button);
  else if (row.dataset.rowKeys?.includes(key)) {
    const pressed = () => {
      const target = document.querySelector("[role=dialog][aria-modal=true]") && within(`[data-key="${CSS.escape(key)}"]:not([data-key-at-once])`)[0];
      if (target) press(target);
      return !!target;
    };
    const watch = new MutationObserver(() => pressed() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => watch.disconnect(), 2 * patience);
    row.querySelector("[data-row-open]")?.click();
  } else return false;
  return true;
}

function focusSearch() {
  const box = within("[data-search]")[0] ?? within("[data-search-all]")[0];
  box?.focus();
  box?.select?.();
  return !!box;
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!opened()) openPalette();
    return;
  }
  if (early !== null && event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    early += event.key;
    return;
  }
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || typing(event.target)
    || document.documentElement.dataset.keys === "off" || opened() || (event.repeat && !"jk".includes(usual(event.key)))) return;
  const keys = keyed().filter(element => element.dataset.key);
  const key = usual(event.key);
  const sequence = prefix && event.timeStamp - prefixAt < patience ? `${prefix} ${key}` : key;
  prefix = "";
  const target = keys.find(element => element.dataset.key === sequence);
  if (target) {
    event.preventDefault();
    press(target);
  } else if (keys.some(element => element.dataset.key.startsWith(`${sequence} `))) {
    [prefix, prefixAt] = [sequence, event.timeStamp];
  } else if (fixed(key)) {
    event.preventDefault();
  }
}

function onClick(event) {
  if (event.target.closest("[data-palette]")) openPalette();
  if (event.target.closest("[data-help]")) help();
}

export function start(reference) {
  host = reference;
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.documentElement.dataset.ready = "";
}

export function stop() {
  document.removeEventListener("keydown", onKey);
  document.removeEventListener("click", onClick);
}

function openPalette() {
  early = "";
  host.invokeMethodAsync("Palette", offer());
}

// The palette's box keeps the focus; arrows move the choice beside it, Enter takes it.
export function attach(box, palette) {
  box.addEventListener("keydown", event => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (by) palette.invokeMethodAsync("MoveAsync", by);
    else if (event.key === "Enter") palette.invokeMethodAsync("ChooseAsync");
    else return;
    event.preventDefault();
  });
  box.focus();
  if (early) {
    box.value = early;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  early = null;
}

export function reveal(id) {
  document.getElementById(id)?.scrollIntoView({ block: "nearest" });
}

export function run(index) {
  if (offered[index]?.isConnected) press(offered[index]);
}
