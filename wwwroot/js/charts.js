// Reading pictures: a plot carries its numbers in data-read, a bar its words in data-tip; pointer and arrow keys move the cursor, the
// picture's own line says what is there. Dragging over lanes tells the server which part to show. Nothing is fetched, nothing is kept.
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const zone = () => document.documentElement.dataset.time === "utc" ? { timeZone: "UTC", timeZoneName: "short" } : {};
const tipOf = element => element.closest(".chart")?.querySelector(".chart-tip") ?? element.parentElement.querySelector(".chart-tip");
let drag = null;

function read(plot, index) {
  const { s, w, t, n, v } = JSON.parse(plot.dataset.read);
  const steps = v[0].length, at = Math.max(0, Math.min(steps - 1, index));
  const seconds = w < 60000, day = t || w >= 3600000;
  const time = new Date(t ? t[at] : s + at * w).toLocaleString([], { weekday: day ? "short" : undefined, hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false, ...zone() });
  const values = n.map((name, line) => v[line][at] < 0 ? null : `${number.format(v[line][at])} ${name}`).filter(Boolean);
  plot.dataset.at = at;
  const cursor = plot.querySelector(".plot-cursor");
  if (cursor) { cursor.style.left = `${(at + .5) * 100 / steps}%`; cursor.style.display = "block"; }
  const tip = tipOf(plot);
  if (tip) tip.textContent = `${time}: ${values.join(", ") || (v[0][at] === -1 ? "not connected, or not known" : "not known")}`;
}

function clear(element) {
  const cursor = element.querySelector?.(".plot-cursor");
  if (cursor) cursor.style.display = "";
  const tip = tipOf(element);
  if (tip) tip.textContent = "";
}

const stepsOf = plot => JSON.parse(plot.dataset.read).v[0].length;
const shareOf = (svg, x) => {
  const [left, plotted, width] = svg.dataset.zoom.split(" ").map(Number), box = svg.getBoundingClientRect();
  return Math.max(0, Math.min(1, ((x - box.left) * width / box.width - left) / plotted));
};

document.addEventListener("pointermove", event => {
  if (drag) {
    const rect = drag.svg.querySelector(".swim-drag"), [left, plotted] = drag.svg.dataset.zoom.split(" ").map(Number);
    const ends = [drag.from, shareOf(drag.svg, event.clientX)].sort((a, b) => a - b);
    drag.moved ||= Math.abs(event.clientX - drag.x) > 6;
    if (drag.moved) { rect.setAttribute("x", left + ends[0] * plotted); rect.setAttribute("width", (ends[1] - ends[0]) * plotted); }
    return;
  }
  const plot = event.target.closest?.("[data-read]:not([data-read=''])");
  if (plot) {
    const box = plot.getBoundingClientRect();
    read(plot, Math.floor((event.clientX - box.left) * stepsOf(plot) / box.width));
  }
  const bar = event.target.closest?.("[data-tip]"), tip = bar && tipOf(bar);
  if (tip) tip.textContent = bar.dataset.tip;
});
document.addEventListener("pointerout", event => {
  const left = event.target.closest?.("[data-read], [data-tip]");
  if (left && !left.contains(event.relatedTarget) && left !== document.activeElement) clear(left);
});
document.addEventListener("focusin", event => {
  if (event.target.dataset?.tip && tipOf(event.target)) tipOf(event.target).textContent = event.target.dataset.tip;
  else if (event.target.dataset?.read && event.target.matches(":focus-visible")) read(event.target, stepsOf(event.target) - 1);
});
document.addEventListener("focusout", event => { if (event.target.dataset?.read || event.target.dataset?.tip) clear(event.target); });
document.addEventListener("keydown", event => {
  const plot = event.target;
  if (!plot.dataset?.read || event.ctrlKey || event.altKey || event.metaKey) return;
  const by = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 }[event.key];
  if (!by) return;
  event.preventDefault();
  read(plot, Number(plot.dataset.at ?? stepsOf(plot) - 1) + by);
});
document.addEventListener("pointerdown", event => {
  const svg = event.target.closest?.("[data-zoom]");
  if (svg && event.button === 0 && event.pointerType === "mouse") drag = { svg, x: event.clientX, from: shareOf(svg, event.clientX), moved: false };
});
document.addEventListener("pointerup", event => {
  if (!drag) return;
  const { svg, from, moved } = drag, ends = [from, shareOf(svg, event.clientX)].sort((a, b) => a - b);
  drag = null;
  svg.querySelector(".swim-drag").setAttribute("width", 0);
  if (!moved) return;
  const input = svg.parentElement.querySelector(".swim-zoomed");
  input.value = ends.map(end => end.toFixed(4)).join(" ");
  input.dispatchEvent(new Event("change", { bubbles: true }));
  svg.addEventListener("click", click => click.preventDefault(), { once: true, capture: true });
  setTimeout(() => svg.dispatchEvent(new MouseEvent("click")), 0);
});
document.addEventListener("dragstart", event => { if (event.target.closest?.("[data-zoom]")) event.preventDefault(); });
