/* The plain-language panel: asks for advice when it is open and the text has rested for a moment. */
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.querySelector("[data-advice]");
  const form = document.querySelector("[data-edit-form]");
  if (!panel || !form) return;
  const result = panel.querySelector("[data-advice-result]");
  const problem = panel.querySelector("[data-advice-problem]");
  const side = panel.closest("[data-side-panel]");
  let timer = 0;
  let running = null;

  const check = async () => {
    if (side.hidden) return;
    running?.abort();
    running = new AbortController();
    const data = new FormData(form);
    try {
      const answer = await fetch(panel.dataset.advice, { method: "POST", body: data, signal: running.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      result.innerHTML = await answer.text();
      problem.hidden = true;
    } catch (error) {
      if (error.name !== "AbortError") problem.hidden = false;
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, 1500);
  };

  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("w-autosave:success", soon);
  panel.querySelector("button").addEventListener("click", check);
  new MutationObserver(check).observe(side, { attributes: true, attributeFilter: ["hidden"] });
  check();
});
