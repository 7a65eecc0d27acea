// The desk's list: refreshes itself, and can be worked with the keys. Without this script there is the link "Refresh".
const SECONDS = 30;
const SECONDS_OUT_OF_SIGHT = 120; // the count in the browser's tab stays true
const find = (name, root = document) => root.querySelector(`[data-live="${name}"]`);
const patients = () => [...document.querySelectorAll("#result_list tbody th a")];
const numbers = () => new Set([...document.querySelectorAll("#result_list [data-pk]")].map((row) => row.dataset.pk));

// --- Refresh: the server's own page, of which only the parts marked data-live are taken over ---

async function refresh() {
  const shown = find("list").dataset.shown;
  const stale = document.getElementById("stale");
  try {
    const answer = await fetch(location.href, { headers: { "X-Background": "1", "X-Shown": shown }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
}

function takeOver(page) {
  const before = numbers();
  const place = focused();
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = find(part.dataset.live, page);
    if (!now || part.innerHTML === now.innerHTML || isSelected(part)) continue;
    part.innerHTML = now.innerHTML;
    if (now.dataset.shown) part.dataset.shown = now.dataset.shown;
  }
  if (place && !place.element.isConnected) document.querySelector(place.selector)?.focus({ preventScroll: true });
  document.title = page.title;
  tell([...numbers()].filter((pk) => !before.has(pk)));
}

// What has the focus, in words that find it again among the new rows.
function focused() {
  const element = document.activeElement;
  const row = element?.closest("[data-pk]");
  if (row) return { element, selector: `[data-pk="${row.dataset.pk}"] ${element.matches("th a") ? "th a" : ".act"}` };
  return element?.closest("[data-live]") && element.href
    ? { element, selector: `[data-live] a[href="${CSS.escape(element.getAttribute("href"))}"]` }
    : null;
}

// Somebody is copying a phone number: leave it in place.
const isSelected = (part) => getSelection().toString() && part.contains(getSelection().anchorNode);

// Those that came meanwhile stand out until somebody has looked: pointed at them, or pressed a key.
const fresh = new Set();

function tell(came) {
  for (const pk of came) fresh.add(pk);
  for (const row of document.querySelectorAll("#result_list [data-pk]")) row.classList.toggle("fresh", fresh.has(row.dataset.pk));
  const news = document.getElementById("news");
  if (came.length) news.textContent = fresh.size === 1 ? news.dataset.one : news.dataset.many.replace("{count}", fresh.size);
}

function seen() {
  if (!fresh.size) return;
  fresh.clear();
  document.getElementById("news").textContent = "";
  tell([]);
}

for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, seen);
setInterval(() => document.visibilityState === "visible" && refresh(), SECONDS * 1000);
setInterval(() => document.visibilityState === "hidden" && refresh(), SECONDS_OUT_OF_SIGHT * 1000);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());

// --- Keys; they can be switched off, for people who speak to their computer ---

const OFF = "desk-keys-off";
const dialog = document.getElementById("keys");
const box = document.getElementById("use-keys");
box.checked = !localStorage.getItem(OFF);
box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));

const button = document.createElement("button");
button.type = "button";
button.className = "link";
button.textContent = dialog.dataset.button;
button.addEventListener("click", () => dialog.showModal());
document.getElementById("refresh").after(" ", button);

function step(by) {
  const links = patients();
  if (!links.length) return;
  const row = document.activeElement?.closest("[data-pk]");
  const here = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
  links[next].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !box.checked || dialog.open) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const inRow = event.target.closest("[data-pk]");
  if (event.key === "j" || (event.key === "ArrowDown" && inRow)) step(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && inRow)) step(-1);
  else if (event.key === "/") document.getElementById("searchbar").select();
  else if (event.key === "?") dialog.showModal();
  else return;
  event.preventDefault();
});
