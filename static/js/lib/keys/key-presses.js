/**
 * Key presses to rows of the key map, without a browser. The right Shift alone is a key, which counts
 * when it is released or repeats: "Shift+←" and "?" need it as a modifier.
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
   * @param {() => void} parts.onGestureEnd  Shift was released
   */
  constructor({ keymap, onRow, onGestureEnd }) {
    Object.assign(this, { keymap, onRow, onGestureEnd });
  }

  /**
   * @param {Press} press
   * @param {boolean} isUsed  another element uses the key
   * @returns {boolean}  whether it has an action
   */
  down(press, isUsed = false) {
    const isShift = press.code === "ShiftRight";
    this.#shiftAlone = isShift && !press.repeat;
    if (this.#shiftAlone || isUsed) return false;
    return this.#run(press, press.repeat);
  }

  /** @param {Press} press @param {boolean} isUsed */
  up(press, isUsed = false) {
    if (press.key === "Shift") this.onGestureEnd();
    const alone = press.code === "ShiftRight" && this.#shiftAlone;
    this.#shiftAlone = false;
    return alone && !isUsed && this.#run(press, false);
  }

  #run(press, repeat) {
    const shiftKey = press.shiftKey && press.code !== "ShiftRight";
    const row = this.keymap.rowFor({ ...press, shiftKey });
    if (!row) return false;
    if (!repeat || row.repeats) this.onRow(row, repeat);
    return true;
  }
}
