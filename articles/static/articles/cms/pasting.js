/* What is pasted keeps its headings, lists, tables and raised numbers: the server reads it, and says what it left out.
   In the editor's texts, and on the page "Start from a text". */
(() => {
  const HANDLED = "handled";
  const MOST = 800000;
  const STRUCTURE = /<(?:h[1-6]|ul|ol|table|b|strong|sup|sub|img|dl)\b|mso-list|font-weight/i;
  // Pictures inside the clipboard's HTML would be larger than all words together.
  const withoutPictures = (html) => html.replace(/(["'(])data:[^"')]*/g, "$1").replace(/<!--\[if[\s\S]*?<!\[endif\]-->/g, "");

  // Below the box that it was pasted into, until something else is pasted there.
  const tell = (box, notes) => {
    const place = box?.closest(".Draftail-Editor__wrapper") ?? box;
    if (!place) return;
    let line = place.nextElementSibling?.matches("[data-pasted]") ? place.nextElementSibling : null;
    if (!line) {
      line = Object.assign(document.createElement("p"), { className: "desk-pasted" });
      line.dataset.pasted = "";
      line.setAttribute("role", "status");
      place.after(line);
    }
    line.textContent = notes.join(" · ");
    line.hidden = !notes.length;
  };

  const insert = (html, getEditorState, setEditorState) => {
    const { EditorState, Modifier, BlockMapBuilder, ContentBlock, convertFromHTML, genKey } = window.DraftJS;
    const { contentBlocks } = convertFromHTML(html);
    if (!contentBlocks?.length) return;
    const state = getEditorState();
    const content = state.getCurrentContent();
    // Draft.js joins the first and the last block with the words around them: an empty one keeps them apart.
    const selection = state.getSelection();
    const around = (key) => content.getBlockForKey(key);
    const empty = (type) => new ContentBlock({ key: genKey(), type, text: "" });
    const blocks = [...contentBlocks];
    const [start, end] = [around(selection.getStartKey()), around(selection.getEndKey())];
    const several = blocks.length > 1 || blocks[0].getType() !== "unstyled";
    if (several && selection.getStartOffset() > 0) blocks.unshift(empty(start.getType()));
    if (several && selection.getEndOffset() < end.getLength()) blocks.push(empty(end.getType()));
    const fragment = BlockMapBuilder.createFromArray(blocks);
    setEditorState(
      EditorState.push(state, Modifier.replaceWithFragment(content, selection, fragment), "insert-fragment"),
    );
  };

  const ask = async (address, text, html) => {
    const data = new FormData();
    data.set("text", text);
    data.set("html", html);
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };

  if (window.draftail) {
    const types = window.draftail.registerPlugin({ type: "PASTED" }, "entityTypes");
    delete types.PASTED;
    const before = types.LINK.onPaste;
    types.LINK.onPaste = (text, html, editorState, helpers, ...rest) => {
      const address = document.querySelector("[data-paste]")?.dataset.paste;
      const copied = withoutPictures(html || "");
      const lines = (text || "").trim().split("\n").filter((line) => line.trim()).length;
      const ours = html && html.includes("data-editor");
      if (!address || ours || copied.length > MOST || (lines < 2 && !STRUCTURE.test(copied))) {
        return before ? before(text, html, editorState, helpers, ...rest) : "not-handled";
      }
      const box = document.activeElement;
      ask(address, text || "", copied)
        .then((answer) => {
          insert(answer.html, helpers.getEditorState, helpers.setEditorState);
          tell(box, answer.notes);
        })
        .catch(() => {
          const paragraphs = (text || "").split("\n").filter((line) => line.trim());
          const box = document.createElement("div");
          paragraphs.forEach((line) => box.append(Object.assign(document.createElement("p"), { textContent: line })));
          insert(box.innerHTML, helpers.getEditorState, helpers.setEditorState);
        });
      return HANDLED;
    };
  }

  const form = document.querySelector("[data-start-from-text]");
  if (!form) return;
  const text = form.querySelector("textarea");
  const kept = form.querySelector("[name=html]");
  const said = (which) => form.querySelectorAll("[data-kept], [data-lost]").forEach((line) => { line.hidden = !line.matches(which); });
  let pasting = false;
  text.addEventListener("paste", (event) => {
    const html = withoutPictures(event.clipboardData.getData("text/html"));
    const whole = !text.value.trim() || (text.selectionStart === 0 && text.selectionEnd === text.value.length);
    pasting = true;
    kept.value = whole && html.length <= MOST && STRUCTURE.test(html) ? html : "";
    said(kept.value ? "[data-kept]" : "none");
  });
  text.addEventListener("input", () => {
    if (!pasting && kept.value) {
      kept.value = "";
      said("[data-lost]");
    }
    pasting = false;
  });
})();
