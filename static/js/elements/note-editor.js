/** <note-editor>: writes, changes and removes the note of a frame; dispatches `note-written`. */
import { noteText } from "../lib/labels/note-text.js";

const FORM = `
  <dialog class="dialog note-dialog" aria-labelledby="note-title">
    <form method="dialog">
      <div class="dialog-head"><h2 id="note-title"></h2></div>
      <div class="dialog-body field">
        <textarea name="note" rows="4" aria-labelledby="note-title" aria-describedby="note-problem"></textarea>
        <p class="field-error" id="note-problem" role="alert"></p>
        <p class="form-actions">
          <button class="button" data-kind="main">Save <kbd>Enter</kbd></button>
          <button class="button" data-kind="quiet" type="button" data-part="cancel">Cancel <kbd>Esc</kbd></button>
          <button class="button" data-kind="quiet" type="button" data-part="remove">Remove note</button>
        </p>
      </div>
    </form>
  </dialog>`;

export class NoteEditor extends HTMLElement {
  #frame = 0;

  connectedCallback() {
    // Only our own markup: user text becomes a value or text content, never HTML.
    this.innerHTML = FORM;
    const part = (selector) => this.querySelector(selector);
    this.dialog = part("dialog");
    this.heading = part("h2");
    this.field = part("textarea");
    this.problem = part(".field-error");
    this.remover = part('[data-part="remove"]');
    part("form").addEventListener("submit", this.#save);
    part('[data-part="cancel"]').addEventListener("click", () => this.dialog.close());
    this.remover.addEventListener("click", () => this.#write(""));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#save(event);
    });
  }

  /** @param {number} frame @param {string} text  the existing note, or "" */
  open(frame, text) {
    this.#frame = frame;
    this.heading.textContent = `Note on frame ${frame}`;
    this.field.value = text;
    this.problem.textContent = "";
    this.remover.hidden = text === "";
    this.dialog.showModal();
    this.field.focus();
  }

  #save = (event) => {
    event.preventDefault();
    const { text, problem } = noteText(this.field.value);
    this.problem.textContent = problem ?? "";
    if (!problem) this.#write(text);
  };

  #write(text) {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent("note-written", { bubbles: true, detail: { frame: this.#frame, text } }));
  }
}
