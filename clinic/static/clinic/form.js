// What forms do more where there is a script: say how many characters are left, and let the browser fill in its owner's
// name and birthday once the visit is for themselves.

for (const box of document.querySelectorAll("[data-most]")) {
  const count = document.createElement("p");
  count.className = "hint";
  count.setAttribute("role", "status");
  box.after(count);
  const { most, left, over } = box.dataset;
  const tell = () => {
    const rest = most - [...box.value].length;
    const words = rest < 0 ? over : rest < most / 4 ? left : "";
    count.textContent = words.replace("{count}", Math.abs(rest).toLocaleString());
  };
  box.addEventListener("input", tell);
  tell();
}

for (const choice of document.querySelectorAll("[name=visit_for]")) {
  choice.addEventListener("change", () => {
    for (const box of document.querySelectorAll("[data-own]")) {
      box.autocomplete = choice.value === "me" ? box.dataset.own : "off";
    }
  });
}
