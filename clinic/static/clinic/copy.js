// Shows the buttons that copy something, where the browser lets a page do that.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.closest(".card").querySelector("[role=status]").textContent = button.dataset.copied;
  });
}
