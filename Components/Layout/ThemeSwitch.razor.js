// The choice is a cookie, so that the server can write the right style links and nothing flashes.
export function toggle() {
  const root = document.documentElement;
  const dark = root.dataset.theme === "dark" || (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const path = new URL(document.baseURI).pathname;
  document.cookie = `theme=${dark ? "light" : "dark"}; path=${path}; max-age=31536000; samesite=lax`;
  location.reload();
}
