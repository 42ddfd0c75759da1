/** <key-help>: the dialog that lists every key of the account's map. */
import { GROUPS, ROWS } from "../lib/key-actions.js";
import { keyCaps } from "../lib/key-strokes.js";

export class KeyHelp extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
  }

  /** @param {import("../lib/keymap.js").Keymap} keymap @param {{assisted: boolean}} page */
  show(keymap, { assisted }) {
    const rows = ROWS.filter((row) => assisted || !row.assisted);
    this.querySelector(".key-list").replaceChildren(...GROUPS.map((group) => section(group, rows, keymap)).filter(Boolean));
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}

function section(group, rows, keymap) {
  const list = document.createElement("dl");
  for (const row of rows.filter((each) => each.group === group)) {
    const strokes = keymap.strokesOf(row.id);
    const keys = document.createElement("dt");
    keys.append(...(strokes.length ? keyCaps(strokes[0]).map(keyHint) : ["–"]));
    const says = document.createElement("dd");
    says.textContent = row.says;
    list.append(keys, says);
  }
  if (!list.children.length) return null;
  const title = document.createElement("h3");
  title.textContent = group;
  const whole = document.createElement("section");
  whole.append(title, list);
  return whole;
}

function keyHint(key) {
  const hint = document.createElement("kbd");
  hint.textContent = key;
  return hint;
}
