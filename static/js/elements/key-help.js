/** <key-help>: the dialog that lists every key, made from the table that the page obeys. */
import { GROUPS, KEYMAP } from "../lib/keymap.js";

export class KeyHelp extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.querySelector(".key-list").replaceChildren(...GROUPS.map(section));
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}

function section(group) {
  const list = document.createElement("dl");
  for (const row of KEYMAP.filter((each) => each.group === group)) {
    const keys = document.createElement("dt");
    keys.append(...row.shows.map(keyHint));
    const says = document.createElement("dd");
    says.textContent = row.says;
    list.append(keys, says);
  }
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
