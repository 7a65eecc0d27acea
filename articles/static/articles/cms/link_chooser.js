/* The dialog behind the link button. Wagtail's editor asks for handlers by this name; our dialog is articles/desk/links.py. */
window.PAGE_CHOOSER_MODAL_ONLOAD_HANDLERS = {
  choose(modal) {
    const body = modal.body[0];
    modal.ajaxifyForm(body.querySelector("form"));
    body.querySelectorAll("[data-link]").forEach((button) => {
      button.addEventListener("click", () => {
        const { link, url, title } = button.dataset;
        modal.respond("pageChosen", { id: Number(link), url: url || null, title, parentId: null });
      });
    });
    const box = body.querySelector("input");
    const enter = () => {
      box.focus();
      box.select();
    };
    enter();
    // A dialog that has come up takes the focus for itself; one that only changes what it shows does not come up again.
    jQuery(body).closest(".modal").one("shown.bs.modal", enter);
  },
  chosen(modal, answer) {
    modal.respond("pageChosen", answer.link);
  },
};
