/** <save-state>: how much is not saved yet, and why; dispatches `retry-wanted` for an immediate retry. */
import { hide, write } from "../browser/dom-writes.js";
import { saveMessage } from "../lib/saving/save-message.js";

export class SaveState extends HTMLElement {
  #shown = "";

  connectedCallback() {
    this.text = document.createElement("span");
    this.text.setAttribute("role", "status");
    this.link = document.createElement("a");
    this.link.textContent = "Log in";
    this.link.target = "_blank";
    this.link.href = this.dataset.loginUrl;
    this.retry = document.createElement("button");
    this.retry.type = "button";
    this.retry.textContent = "Retry now";
    this.retry.addEventListener("click", () => this.dispatchEvent(new CustomEvent("retry-wanted", { bubbles: true })));
    this.takeOver = document.createElement("button");
    this.takeOver.type = "button";
    this.takeOver.textContent = "Take over here";
    this.takeOver.addEventListener("click", () => this.save.takeOver());
    this.replaceChildren(this.text, this.link, this.retry, this.takeOver);
    this.show({ state: "saved", unsaved: 0 });
  }

  /**
   * @param {{state: string, unsaved: number, unstored?: number, error?: string, takeOver?: () => void}} save
   */
  show(save) {
    this.save = save;
    const { unsaved, unstored = 0 } = save;
    const state = save.unsaved || save.state === "elsewhere" ? save.state : "saved";
    const message = saveMessage(save);
    // Called for nearly every label: write only what changes.
    const shown = `${state} ${unsaved} ${unstored} ${message}`;
    hide(this.takeOver, !save.takeOver);
    if (this.#shown === shown) return;
    this.#shown = shown;
    Object.assign(this.dataset, { state, unsaved, unstored });
    write(this.text, message);
    hide(this.link, state !== "signed-out");
    hide(this.retry, !["offline", "deactivated", "refused"].includes(state));
  }
}
