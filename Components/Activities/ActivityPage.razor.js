// Says whether the top of the stream is in sight: only there do new entries push the others down.
let watch = null;

export function start(page, top) {
  watch = new IntersectionObserver(entries => page.invokeMethodAsync("AtTop", entries.at(-1).isIntersecting || entries.at(-1).boundingClientRect.top > 0).catch(() => { }), { rootMargin: "0px" });
  watch.observe(top);
}

export function toTop() {
  scrollTo({ top: 0 });
}

export function stop() {
  watch?.disconnect();
}
