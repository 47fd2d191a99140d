// Choices are cookies, so that the server knows them before the first byte of a page; the theme changes in place.
const root = document.documentElement;
const path = new URL(document.baseURI).pathname;

const keep = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=${path}; max-age=31536000; samesite=lax`; };

export function remember(choices) {
  for (const [name, value] of choices) {
    keep(name, value);
    if (name === "theme") show(value);
    else root.dataset[name] = value;
  }
}

// The new sheets are loaded before the old ones go, so that nothing flashes.
async function show(theme) {
  const wanted = theme === "system" ? ["light", "dark"] : [theme];
  const old = [...document.querySelectorAll("link[data-sheet]")];
  const loaded = wanted.flatMap(name => root.dataset[`sheets${name}`].split(" ").map(href => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href, media: theme === "system" ? `(prefers-color-scheme: ${name})` : "all" });
    link.dataset.sheet = name;
    const done = new Promise(resolve => link.onload = link.onerror = resolve);
    (old.at(-1) ?? document.head.lastElementChild).after(link);
    return done;
  }));
  await Promise.all(loaded);
  root.dataset.theme = theme;
  old.forEach(link => link.remove());
}
