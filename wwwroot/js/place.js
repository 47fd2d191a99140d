// The framework's script (of 9.0) goes to the top whenever the address changes, also where the page stays and only says more: a job
// opened over row 150, or more rows asked for, and the list is back at its first row. The top is for what begins anew.
const anew = ["job", "id", "edit", "after", "before"];
const place = () => {
  const { pathname, searchParams } = new URL(location);
  return JSON.stringify([pathname, ...anew.map(name => searchParams.get(name))]);
};
const scroll = window.scrollTo;
let shown = place();

window.scrollTo = (...to) => {
  if (to.length !== 2 || to[0] || to[1] || shown !== place()) scroll(...to);
  shown = place();
};
addEventListener("popstate", () => { shown = place(); });
