// One request: tells the server that it is still open, and the reader who else looks at it and what has happened
// meanwhile; counts letters. Everything works without this script, as of when the page was loaded.
const SECONDS = 20;
const live = document.getElementById("live").dataset;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

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

// A double click sends once: the answer to the second would only say that it has been done.
let sentAt = 0;
document.addEventListener("submit", (event) => {
  if (Date.now() - sentAt < 2000) event.preventDefault();
  else sentAt = Date.now();
});

// A step can be taken back for a minute.
const undo = document.getElementById("undo");
if (undo) setTimeout(() => undo.remove(), Math.max(0, undo.dataset.seconds) * 1000);

// How many letters are left, once it gets close.
for (const field of document.querySelectorAll("[data-most]")) {
  const count = document.createElement("p");
  count.className = "sub count";
  count.setAttribute("role", "status");
  field.after(count);
  const tell = () => {
    const left = field.dataset.most - [...field.value].length;
    const words = left < 0 ? live.over : left < field.dataset.most / 5 ? live.left : "";
    count.textContent = words.replace("{count}", Math.abs(left).toLocaleString());
  };
  field.addEventListener("input", tell);
  tell();
}
