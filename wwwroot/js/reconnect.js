// The bar is ours, so what happens after a lost connection is too: a circuit that is gone for good (the admin was
// restarted) means a new page at the same address; attempts that ran out are taken up again.
const bar = document.getElementById("components-reconnect-modal");
new MutationObserver(async () => {
  if (bar.classList.contains("components-reconnect-rejected")) {
    location.reload();
  } else if (bar.classList.contains("components-reconnect-failed")) {
    await new Promise(resume => setTimeout(resume, 2000));
    if (!(await Blazor.reconnect().catch(() => true))) location.reload();
  }
}).observe(bar, { attributes: true, attributeFilter: ["class"] });
