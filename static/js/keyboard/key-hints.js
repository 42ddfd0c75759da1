/** Buttons name the keys that do the same, from the account's key map. */
import { keyCaps } from "../lib/keys/key-strokes.js";

/**
 * @param {HTMLElement} root
 * @param {import("../lib/keys/keymap.js").Keymap} keymap
 */
export function showKeys(root, keymap) {
  for (const key of root.querySelectorAll("kbd[data-row]")) {
    const [stroke] = keymap.strokesOf(key.dataset.row);
    key.textContent = stroke ? keyCaps(stroke).join(" ") : "–";
  }
  for (const button of root.querySelectorAll("button[data-action]")) {
    const { action, amount } = button.dataset;
    const id = amount === undefined ? firstRow(keymap, action) : `${action} ${amount}`;
    const [stroke] = keymap.strokesOf(id);
    const keys = stroke ? keyCaps(stroke) : [];
    const hint = button.querySelector("kbd");
    if (hint) {
      hint.textContent = keys.join(" ");
      hint.hidden = !stroke;
    } else {
      button.title = keys.join(" ");
    }
  }
}

/** A button without an amount does what the first row of its action does. */
const firstRow = (keymap, action) => (keymap.strokesOf(action).length ? action : `${action} 1`);
