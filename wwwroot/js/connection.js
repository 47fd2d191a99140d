// What happens to the page when its connection is lost. It tries again every second, because an admin that was restarted is back
// in a few; a circuit that is gone for good means a new page at the same address, which shows the same view.
const bar = document.getElementById("components-reconnect-modal");
const lost = () => bar.classList.contains("components-reconnect-show") || bar.classList.contains("components-reconnect-failed");
let since = "";
let renewing = false;

// What somebody changes meanwhile reaches nobody. It is held back, so that no box counts as heard, and said when somebody listens again.
const unsaid = new Set();
addEventListener("change", event => {
  if (!lost()) return;
  unsaid.add(event.target);
  event.stopImmediatePropagation();
}, true);
function say() {
  for (const box of unsaid) if (box.isConnected) for (const kind of ["input", "change"]) box.dispatchEvent(new Event(kind, { bubbles: true }));
  unsaid.clear();
  document.dispatchEvent(new Event("reconnected"));
}

// What was typed is kept as a draft, so a new page for a circuit that is gone asks nobody whether to leave.
addEventListener("beforeunload", event => { if (renewing) event.stopImmediatePropagation(); });
function renew() {
  renewing = true;
  location.reload();
}

async function retry() {
  // True: connected. False: the admin answers and does not know this circuit. An error: nobody answers yet.
  if (await Blazor.reconnect().catch(() => true) === false) renew();
}

new MutationObserver(() => {
  if (bar.classList.contains("components-reconnect-rejected")) renew();
  if (!lost()) {
    if (since) say();
    since = "";
  } else if (!since) bar.querySelector("time").textContent = since = new Date().toLocaleTimeString([], { hour12: false, ...(document.documentElement.dataset.time === "utc" && { timeZone: "UTC", timeZoneName: "short" }) });
}).observe(bar, { attributes: true, attributeFilter: ["class"] });
bar.querySelector("button").addEventListener("click", retry);
document.addEventListener("visibilitychange", () => { if (!document.hidden && lost()) retry(); });

await Blazor.start({
  circuit: { reconnectionOptions: { maxRetries: Number.MAX_SAFE_INTEGER, retryIntervalMilliseconds: attempts => attempts === 0 ? 0 : 1000 } },
});
