// Scrolls through output of which the page has some rows: spaces stand for the others, and rows are asked for when their
// space comes into sight. What a person looks at stays where it is when rows around it change.
const tallest = 15e6; // browsers draw no element much taller

export function attach(frame, page) {
  const [above, rows, below] = frame.children;
  let follow = true, end = frame.dataset.end, goal = frame.dataset.goal, anchor = null, at = 0, asked = -Infinity, waiting = false;

  const first = () => +frame.dataset.first, total = () => +frame.dataset.total, shown = () => rows.children.length;
  const unit = () => Math.min(shown() ? rows.offsetHeight / shown() : 19, tallest / Math.max(1, total()));
  const atBottom = () => frame.scrollHeight - frame.scrollTop - frame.clientHeight < 24;
  const atEnd = () => atBottom() && first() + shown() >= total();
  const rowAt = start => rows.querySelector(`[data-start="${CSS.escape(start)}"]`);

  function remember() {
    const top = frame.getBoundingClientRect().top;
    const row = [...rows.children].find(child => child.getBoundingClientRect().bottom > top);
    anchor = row && { start: row.dataset.start, top: row.getBoundingClientRect().top - top };
    at = frame.scrollTop;
  }

  // Scrolling is told with the next frame only; rows that come before must not undo it. At the bottom it was the browser, to fit what is left.
  function heed() {
    const by = frame.scrollTop - at;
    if (Math.abs(by) <= 1 || atBottom() || frame.dataset.end !== end || frame.dataset.goal !== goal) return;
    if (anchor) anchor.top -= by;
    if (follow) heard(false);
  }

  function heard(follows) {
    follow = follows;
    page.invokeMethodAsync("Follows", follow).catch(() => { });
  }

  // Runs after each change and before it is painted.
  function settle() {
    heed();
    const size = unit();
    above.style.height = `${first() * size}px`;
    below.style.height = `${Math.max(0, total() - first() - shown()) * size}px`;
    asked = -Infinity;
    if (frame.dataset.goal !== goal) {
      goal = frame.dataset.goal;
      end = frame.dataset.end;
      follow = false;
      const row = rowAt(goal.split(" ")[0]);
      if (row) frame.scrollTop += row.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
    } else if (frame.dataset.end !== end || follow) {
      end = frame.dataset.end;
      follow = true;
      frame.scrollTop = frame.scrollHeight;
    } else if (anchor) {
      const row = rowAt(anchor.start);
      if (row) frame.scrollTop += row.getBoundingClientRect().top - frame.getBoundingClientRect().top - anchor.top;
    }
    remember();
  }

  function look() {
    waiting = false;
    if (!frame.isConnected) return;
    remember();
    if (atEnd() !== follow) heard(!follow);
    const top = frame.scrollTop - above.offsetHeight, bottom = top + frame.clientHeight, margin = frame.clientHeight;
    if ((top < margin && first() > 0) || (bottom > rows.offsetHeight - margin && first() + shown() < total())) {
      const size = unit(), middle = (top + bottom) / 2;
      const row = middle < 0 ? (frame.scrollTop + frame.clientHeight / 2) / size
        : middle > rows.offsetHeight ? first() + shown() + (middle - rows.offsetHeight) / size
        : first() + middle / Math.max(1, rows.offsetHeight) * shown();
      if (Math.abs(row - asked) > 20) {
        asked = row;
        page.invokeMethodAsync("SeekAsync", Math.floor(row)).catch(() => { });
      }
    }
  }

  const onScroll = () => {
    if (!waiting) {
      waiting = true;
      requestAnimationFrame(look);
    }
  };
  const observer = new MutationObserver(settle);
  observer.observe(frame, { attributes: true, attributeFilter: ["class", "data-first", "data-total", "data-end", "data-goal"] });
  observer.observe(rows, { childList: true, characterData: true, subtree: true });
  // The browser writes what the handle was pulled to into the style.
  let height = frame.style.height, pulled = 0;
  const sized = new ResizeObserver(() => {
    clearTimeout(pulled);
    if (frame.style.height !== height) pulled = setTimeout(() => page.invokeMethodAsync("SizedAsync", parseFloat(height = frame.style.height)).catch(() => { }), 300);
  });
  sized.observe(frame);
  frame.addEventListener("scroll", onScroll, { passive: true });
  follow = !goal;
  if (goal) goal = "";
  settle();
  return { dispose() { observer.disconnect(); sized.disconnect(); } };
}
