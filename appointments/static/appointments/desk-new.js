// A new request: while somebody types, the server's own page is asked who that person is, where the request goes and
// what can't wait, and its parts marked data-live are taken over. Without this script there is a button.

const PAUSE = 350; // ms without a key
const form = document.getElementById("new-request");
let waiting, asked;

async function look() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("look", "1");
  const shown = form.querySelector("[data-shown]").dataset.shown;
  const headers = { "X-Background": "1", "X-Shown": shown };
  const answer = await fetch(location.pathname, { method: "POST", headers, body, signal: asked.signal, credentials: "same-origin" });
  if (answer.ok && !answer.redirected) takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

function takeOver(page) {
  for (const part of form.querySelectorAll("[data-live]")) {
    const now = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!now || part.contains(document.activeElement) || part.innerHTML === now.innerHTML) continue;
    part.innerHTML = now.innerHTML;
    if (now.dataset.shown) part.dataset.shown = now.dataset.shown;
  }
  const about = "[name=asked_about]";
  form.querySelector(about).value = page.querySelector(about)?.value ?? "";
}

if (form) {
  document.getElementById("look").remove();
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => look().catch(() => {}), PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    asked?.abort();
  });
}
