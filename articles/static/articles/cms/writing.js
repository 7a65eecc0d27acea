/* Before the texts are drawn: above each its toolbar, not only while words are marked; and our words on the buttons. */
Object.assign(window.django?.catalog ?? {}, JSON.parse(document.querySelector("[data-words]").dataset.words));
try {
  localStorage.setItem("wagtail:draftail-toolbar", "sticky"); // where Wagtail keeps the choice
} catch {
  // A browser that keeps nothing shows the toolbar when words are marked.
}
