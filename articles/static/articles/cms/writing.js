/* Before the texts are drawn: above each its toolbar, not only while words are marked; and our words on the buttons. */
Object.assign(window.django?.catalog ?? {}, JSON.parse(document.querySelector("[data-words]").dataset.words));
try {
  localStorage.setItem("wagtail:draftail-toolbar", "sticky"); // where Wagtail keeps the choice
} catch {
  // A browser that keeps nothing shows the toolbar when words are marked.
}

/* What changes before anybody has touched the page are boxes that fill late: nothing to be saved by itself. */
let touched = false;
for (const kind of ["keydown", "pointerdown", "input", "paste", "drop"]) {
  addEventListener(kind, ({ isTrusted }) => { touched ||= isTrusted; }, { capture: true });
}
document.addEventListener("w-unsaved:add", (event) => {
  const watch = window.wagtail?.app?.getControllerForElementAndIdentifier(event.target, "w-unsaved");
  if (touched || !watch || watch.forceValue) return;
  event.stopImmediatePropagation();
  watch.clear();
}, { capture: true });

/* Once they are drawn: names for screen readers that Wagtail does not give. */
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-edit-form]");
  if (!form) return;
  document.querySelector("h2#header-title")?.setAttribute("aria-level", "1");

  const words = (element) => element?.textContent.replace("*", "").trim();
  const around = (element) => element.parentElement.closest(".w-panel--nested");
  const kind = (panel) => words(panel.querySelector(":scope > .w-panel__header .c-sf-block__type"));
  const name = () => {
    form.querySelectorAll(".public-DraftEditor-content:not([aria-label])").forEach((box) => {
      const names = [words(box.closest("[data-contentpath='answer']")?.querySelector("label"))];
      for (let panel = around(box); panel; panel = around(panel)) names.unshift(kind(panel));
      box.setAttribute("aria-label", names.filter(Boolean).join(": "));
    });
    // "Text" is in every section: which one it is in belongs to its heading.
    form.querySelectorAll(".w-panel--nested .w-panel--nested").forEach((panel) => {
      const heading = panel.querySelector(":scope > .w-panel__header > [data-panel-heading]");
      if (!heading || heading.querySelector("[data-in]")) return;
      const place = Object.assign(document.createElement("span"), { className: "w-sr-only", textContent: `, ${kind(around(panel))}` });
      place.dataset.in = "";
      heading.append(place);
    });
  };
  new MutationObserver(name).observe(form, { childList: true, subtree: true });
  name();
});
