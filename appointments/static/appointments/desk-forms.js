// Forms of the desk: a double click sends once, and letters are counted once it gets close. Everything works without.

// The answer to the second click would only say that it has been done.
let sentAt = 0;
document.addEventListener("submit", (event) => {
  if (Date.now() - sentAt < 2000) event.preventDefault();
  else sentAt = Date.now();
});

const { left, over } = document.getElementById("live").dataset;
for (const field of document.querySelectorAll("[data-most]")) {
  const count = document.createElement("p");
  count.className = "sub count";
  count.setAttribute("role", "status");
  field.after(count);
  const tell = () => {
    const rest = field.dataset.most - [...field.value].length;
    const words = rest < 0 ? over : rest < field.dataset.most / 5 ? left : "";
    count.textContent = words.replace("{count}", Math.abs(rest).toLocaleString());
  };
  field.addEventListener("input", tell);
  tell();
}
