// Below whatever stays in sight above it.
export function show(name) {
  const part = document.querySelector(`[data-part="${CSS.escape(name)}"]`)?.firstElementChild;
  if (!part) return;
  const head = document.querySelector(part.closest(".modal") ? ".job-head" : ".shell-head");
  const stays = head && ["sticky", "fixed"].includes(getComputedStyle(head).position);
  part.style.scrollMarginTop = `${(stays ? head.offsetHeight : 0) + 8}px`;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  part.scrollIntoView();
}
