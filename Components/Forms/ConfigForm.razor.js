// A field that went away took the focus with it: it goes to the field that decided so.
export const catchFocus = id => document.activeElement === document.body && document.getElementById(id)?.focus();
