// Closes the sheet of phones with Escape, and by tapping beside it. Without a script the button that opened it does.
for (const sheet of document.querySelectorAll(".dock details")) {
  document.addEventListener("pointerdown", (event) => {
    if (!sheet.contains(event.target)) sheet.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.open) return;
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
}
