// Warns staff two minutes before they are signed out. At the end the front desk's page sends the form somebody was
// typing in: the server keeps it for them until they have signed in again. Without a script the server does the same.
const { timeLeft, signIn, seconds, title, text, stay, ended, again } = document.currentScript.dataset;
const WARNING = 120;
const editors = location.pathname.startsWith("/cms/");
let typedIn, endsAt, waiting;

document.addEventListener("input", (event) => (typedIn = event.target.form || typedIn));

const dialog = document.createElement("dialog");
const heading = document.createElement("h2");
const words = document.createElement("p");
const button = document.createElement("button");
dialog.className = "sign-off";
dialog.setAttribute("role", "alertdialog");
dialog.setAttribute("aria-labelledby", (heading.id = "sign-off-title"));
dialog.setAttribute("aria-describedby", (words.id = "sign-off-words"));
heading.textContent = title;
button.type = "button";
button.className = "act main button";
button.textContent = stay;
dialog.append(heading, words, button);
dialog.addEventListener("cancel", (event) => event.preventDefault());
document.body.append(dialog);

const token = () =>
  document.querySelector("[name=csrfmiddlewaretoken]")?.value ||
  JSON.parse(document.getElementById("wagtail-config")?.textContent || "{}").CSRF_TOKEN;

async function ask(method) {
  const headers = method === "POST" ? { "X-CSRFToken": token() } : { "X-Background": "1" };
  const answer = await fetch(timeLeft, { method, headers, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).seconds;
}

function wait(left) {
  endsAt = Date.now() + left * 1000;
  clearTimeout(waiting);
  if (left <= 0) return end();
  if (left > WARNING) {
    if (dialog.open) dialog.close();
    waiting = setTimeout(look, (left - WARNING) * 1000);
  } else {
    if (!dialog.open) dialog.showModal();
    tick();
  }
}

// Another tab may have been used meanwhile: only the server knows.
const look = () => ask("GET").then(wait, () => wait(Math.round((endsAt - Date.now()) / 1000)));

function tick() {
  const left = Math.round((endsAt - Date.now()) / 1000);
  words.textContent = text.replace("{seconds}", Math.max(0, left));
  if (left <= 0 || left % 15 === 0) ask("GET").then((now) => (now > WARNING || now <= 0) && wait(now), () => left <= 0 && end());
  if (left > 0) waiting = setTimeout(tick, 1000);
}

function end() {
  clearTimeout(waiting);
  if (editors) {
    // Articles are no secret, and Wagtail has saved what it could: the page stays.
    words.textContent = ended;
    button.textContent = again;
    button.onclick = () => window.open(signIn, "_blank") && dialog.close();
    if (!dialog.open) dialog.showModal();
    return;
  }
  document.body.replaceChildren(...(typedIn ? [typedIn] : []));
  document.body.hidden = true;
  if (typedIn?.method === "post") HTMLFormElement.prototype.submit.call(typedIn);
  else location.assign(location.href);
}

button.onclick = () => ask("POST").then(wait, look);
wait(Number(seconds));
// A laptop that slept wakes up late.
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
