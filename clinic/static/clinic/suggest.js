// Offers names of conditions below a search box while somebody types. The search needs none of this.
for (const box of document.querySelectorAll("input[data-names]")) {
  let wait;
  box.addEventListener("input", () => {
    clearTimeout(wait);
    const typed = box.value.trim();
    if (typed.length < 2) return;
    wait = setTimeout(async () => {
      try {
        const answer = await fetch(`${box.dataset.names}?q=${encodeURIComponent(typed)}`);
        const { names } = await answer.json();
        if (box.value.trim() === typed) box.list.replaceChildren(...names.map((name) => new Option("", name)));
      } catch {
        // No suggestions, then.
      }
    }, 150);
  });
}
