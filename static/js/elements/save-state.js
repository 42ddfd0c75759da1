/** <save-state>: how much is not saved yet, and why; says `retry-wanted` when asked to try now. */
import { saveSentence } from "../lib/save-sentence.js";

export class SaveState extends HTMLElement {
  connectedCallback() {
    this.text = document.createElement("span");
    this.text.setAttribute("role", "status");
    this.link = document.createElement("a");
    this.link.textContent = "Log in";
    this.link.target = "_blank";
    this.link.href = this.dataset.loginUrl;
    this.retry = document.createElement("button");
    this.retry.type = "button";
    this.retry.textContent = "Try now";
    this.retry.addEventListener("click", () => this.dispatchEvent(new CustomEvent("retry-wanted", { bubbles: true })));
    this.replaceChildren(this.text, this.link, this.retry);
    this.show({ state: "saved", unsaved: 0 });
  }

  /** @param {{state: string, unsaved: number, error?: string}} save */
  show(save) {
    const state = save.unsaved ? save.state : "saved";
    this.dataset.state = state;
    this.dataset.unsaved = String(save.unsaved);
    const sentence = saveSentence(save);
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
    this.link.hidden = state !== "signed-out";
    this.retry.hidden = state !== "offline" && state !== "refused";
  }
}
