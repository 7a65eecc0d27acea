// Solves the sum of "One more step" (appointments/spam/proof_of_work.py) and sends the form with it. Without this script, or where
// the browser can't reckon (no HTTPS), the button sends all the same; then a person looks at the request first.
const form = document.querySelector("form[data-challenge]");
const status = document.getElementById("proof-status");
const ATONCE = 8; // tries in flight, for all the phone's cores
let done = false;
let wanted = false;

const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

async function attempt({ nonce, salt, cost, keyLength }, counter) {
  const password = new Uint8Array([...fromHex(nonce), 0, 0, 0, 0]);
  new DataView(password.buffer).setUint32(password.length - 4, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: fromHex(salt), iterations: cost };
  return toHex(new Uint8Array(await crypto.subtle.deriveBits(how, key, keyLength * 8)));
}

async function solve(challenge) {
  for (let first = 0; ; first += ATONCE) {
    const counters = Array.from({ length: ATONCE }, (_unused, ahead) => first + ahead);
    const keys = await Promise.all(counters.map((counter) => attempt(challenge.parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(challenge.parameters.keyPrefix));
    if (found >= 0) return { counter: first + found, derivedKey: keys[found] };
  }
}

if (form && window.crypto?.subtle) {
  form.addEventListener("submit", (event) => {
    if (done) return;
    event.preventDefault();
    wanted = true;
    status.textContent = status.dataset.working;
  });
  const challenge = JSON.parse(atob(form.dataset.challenge));
  solve(challenge)
    .then((solution) => (form.elements.proof.value = btoa(JSON.stringify({ challenge, solution }))))
    .catch(() => {}) // it is sent without
    .then(() => {
      done = true;
      status.textContent = status.dataset.done;
      if (wanted) form.requestSubmit();
    });
}
