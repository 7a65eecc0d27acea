// Keys from everywhere at the desk: g, then the letter of a place in the navigation; or the one key that a link names.
// Switched off where the list's keys are. Without this script there are the links.
const OFF = "desk-keys-off"; // as in desk-list.js
const SECONDS = 2;
let asked = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (event.target.closest("input, select, textarea, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const link = /^[a-z]$/.test(event.key) && document.querySelector(`a[aria-keyshortcuts="${event.key}"]`);
  const place = document.querySelector(`.desk-nav [data-key="${CSS.escape(event.key)}"]`);
  if (place && Date.now() - asked < SECONDS * 1000) place.click();
  else if (link) {
    event.preventDefault();
    link.click();
  }
  asked = event.key === "g" ? Date.now() : 0;
});
