/** <save-state>: how much is not saved yet, and why; says `retry-wanted` when asked to try now. */
import { saveSentence } from "../lib/saving/save-message.js";
import { hide, write } from "../browser/dom-writes.js";

export class SaveState extends HTMLElement {
  #said = "";

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
    this.takeOver = document.createElement("button");
    this.takeOver.type = "button";
    this.takeOver.textContent = "Take over here";
    this.takeOver.addEventListener("click", () => this.save.takeOver());
    this.replaceChildren(this.text, this.link, this.retry, this.takeOver);
    this.show({ state: "saved", unsaved: 0 });
  }

  /** @param {{state: string, unsaved: number, unkept?: number, error?: string, takeOver?: () => void}} save */
  show(save) {
    this.save = save;
    const { unsaved, unkept = 0 } = save;
    const state = save.unsaved || save.state === "elsewhere" ? save.state : "saved";
    const sentence = saveSentence(save);
    // Said with nearly every label: only what changes is written.
    const said = `${state} ${unsaved} ${unkept} ${sentence}`;
    hide(this.takeOver, !save.takeOver);
    if (this.#said === said) return;
    this.#said = said;
    Object.assign(this.dataset, { state, unsaved, unkept });
    write(this.text, sentence);
    hide(this.link, state !== "signed-out");
    hide(this.retry, !["offline", "deactivated", "refused"].includes(state));
  }
}
