/**
 * Key presses to rows of the key map, without a browser. The right Shift counts when it is let
 * go alone or held: "Shift+←" and "?" need it too.
 * @typedef {import("./key-actions.js").Row} Row
 * @typedef {{key: string, code: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   altKey: boolean, altGraph?: boolean, repeat: boolean}} Press
 */
export class KeyPresses {
  #shiftAlone = false;

  /**
   * @param {object} parts
   * @param {import("./keymap.js").Keymap} parts.keymap
   * @param {(row: Row, repeat: boolean) => void} parts.onRow
   * @param {() => void} parts.onGestureEnd  Shift was let go
   */
  constructor({ keymap, onRow, onGestureEnd }) {
    Object.assign(this, { keymap, onRow, onGestureEnd });
  }

  /**
   * @param {Press} press
   * @param {boolean} taken  something else has the key
   * @returns {boolean}  whether it meant something here
   */
  down(press, taken = false) {
    const isShift = press.code === "ShiftRight";
    this.#shiftAlone = isShift && !press.repeat;
    if (this.#shiftAlone || taken) return false;
    return this.#obey(press, press.repeat);
  }

  /** @param {Press} press @param {boolean} taken */
  up(press, taken = false) {
    if (press.key === "Shift") this.onGestureEnd();
    const alone = press.code === "ShiftRight" && this.#shiftAlone;
    this.#shiftAlone = false;
    return alone && !taken && this.#obey(press, false);
  }

  #obey(press, repeat) {
    const shiftKey = press.shiftKey && press.code !== "ShiftRight";
    const row = this.keymap.rowFor({ ...press, shiftKey });
    if (!row) return false;
    if (!repeat || row.repeats) this.onRow(row, repeat);
    return true;
  }
}
