/** Turns key presses into rows of the keymap, unless somebody types or a button has the key. */
import { rowFor } from "./lib/keymap.js";

const TYPES = "input, textarea, select, [contenteditable]";
const PRESSES = "button, a[href], summary";

export class Keyboard {
  #shiftAlone = false;

  /**
   * @param {object} parts
   * @param {(row: import("./lib/keymap.js").Row) => void} parts.onRow
   * @param {() => void} parts.onGestureEnd  Shift was let go
   */
  constructor({ onRow, onGestureEnd }) {
    Object.assign(this, { onRow, onGestureEnd });
    addEventListener("keydown", this.#down);
    addEventListener("keyup", this.#up);
  }

  disconnect() {
    removeEventListener("keydown", this.#down);
    removeEventListener("keyup", this.#up);
  }

  #down = (event) => {
    const isShift = event.code === "ShiftRight";
    const held = isShift && event.repeat;
    this.#shiftAlone = isShift && !held;
    // The right Shift counts when it is let go alone or held: Shift+← and "?" need it too.
    if (this.#shiftAlone || event.isComposing || isTaken(event)) return;
    this.#obey(event);
  };

  #up = (event) => {
    if (event.key === "Shift") this.onGestureEnd();
    if (event.code === "ShiftRight" && this.#shiftAlone && !isTaken(event)) this.#obey(event);
  };

  #obey(event) {
    const { key, code, ctrlKey, metaKey, altKey, repeat } = event;
    const shiftKey = event.shiftKey && code !== "ShiftRight";
    const altGraph = event.getModifierState("AltGraph");
    const row = rowFor({ key, code, shiftKey, ctrlKey, metaKey, altKey, altGraph });
    if (!row) return;
    event.preventDefault();
    if (!repeat || row.repeats) this.onRow(row);
  }
}

/** Whether the key belongs to what has the focus, or to an open dialog. */
function isTaken({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPES)) return true;
  if (target.closest("dialog[open]")) return key !== "?";
  return (key === "Enter" || key === " ") && target.closest(PRESSES) !== null;
}
