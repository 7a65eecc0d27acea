// One request: tells the server that it is still open, and the reader who else looks at it and what has happened
// meanwhile. Everything works without this script, as of when the page was loaded.
const SECONDS = 20;
const live = document.getElementById("live").dataset;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

// Where a form was refused, the address is the form's: refreshing should show the page and send nothing again.
const page = new URL(live.page, location.href);
if (location.pathname !== page.pathname) history.replaceState(null, "", page);

async function sayHere() {
  const headers = { "X-Background": "1", "X-CSRFToken": token };
  const body = new URLSearchParams({ seen: live.seen });
  const answer = await fetch(live.presence, { method: "POST", headers, body, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const { others, news } = await answer.json();
  show(document.getElementById("others"), others);
  show(document.getElementById("changed"), news);
}

function show(banner, words) {
  const text = banner.querySelector("span");
  if (text.textContent !== words) text.textContent = words;
  banner.hidden = !words;
}

if (token) {
  const ask = () => document.visibilityState === "visible" && sayHere().catch(() => {});
  setInterval(ask, SECONDS * 1000);
  document.addEventListener("visibilitychange", ask);
}

// A step can be taken back for a minute.
const undo = document.getElementById("undo");
if (undo) setTimeout(() => undo.remove(), Math.max(0, undo.dataset.seconds) * 1000);

// The day beside the times that are typed: what is taken, and what is free. A free time is taken over with a click.
for (const form of document.querySelectorAll("form[data-day]")) {
  const beside = form.querySelector(".beside");
  let shown = "";
  let field = form.querySelector("[type=datetime-local]");

  async function showDay() {
    const day = (field.value || form.dataset.shown || "").slice(0, 10);
    if (!/^20\d\d-/.test(day) || day === shown) return;
    shown = day;
    const answer = await fetch(`${form.dataset.day}&day=${day}`, { headers: { "X-Of": form.dataset.of }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected && shown === day) beside.innerHTML = await answer.text();
  }

  const show = () => showDay().catch(() => { shown = ""; });
  for (const typed of form.querySelectorAll("[type=datetime-local]")) {
    for (const happens of ["input", "focus"]) {
      typed.addEventListener(happens, () => {
        field = typed;
        show();
      });
    }
  }
  beside.addEventListener("click", (event) => {
    const free = event.target.closest("[data-at]");
    if (!free) return;
    field.value = free.dataset.at;
    field.focus();
  });
  show();
}
