// The card for the chart: each line is copied with its button, or with its digit while the card has the focus. Without
// this script the lines are there to be selected.
const card = document.getElementById("chart");
const lines = [...card.querySelectorAll("ol > li")];

async function copy(line) {
  await navigator.clipboard.writeText(line.querySelector(".copied").textContent);
  card.querySelector("[role=status]").textContent = card.dataset.copied.replace("{label}", line.dataset.label);
}

if (navigator.clipboard) {
  card.querySelector(".keys").hidden = false;
  for (const line of lines) {
    const button = line.querySelector("button");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => copy(line));
  }
  card.addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
    const line = lines[Number(event.key) - 1];
    if (line?.querySelector("button")) copy(line);
  });
}
