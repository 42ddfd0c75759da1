/** A short message that disappears by itself. */
import { Debounce } from "./debounce.js";

const SHOWN_MS = 2_600;

export class Hint {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.hiding = new Debounce(() => { element.hidden = true; }, { pauseMs: SHOWN_MS });
  }

  /** @param {string} text */
  show(text) {
    this.element.textContent = text;
    this.element.hidden = false;
    this.hiding.request();
  }
}
