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
    const state = save.unsaved || save.state === "elsewhere" ? save.state : "saved";
    this.dataset.state = state;
    this.dataset.unsaved = String(save.unsaved);
    const sentence = saveSentence(save);
    if (this.text.textContent !== sentence) this.text.textContent = sentence;
    this.dataset.unkept = String(save.unkept ?? 0);
    this.takeOver.hidden = !save.takeOver;
    this.link.hidden = state !== "signed-out";
    this.retry.hidden = !["offline", "deactivated", "refused"].includes(state);
  }
}
