/**
 * <key-help>: the dialog that lists every key of the account's map and changes them: the user
 * presses the new key for an action. It dispatches `keys-chosen` with the new map.
 */
import { pressOf } from "../keyboard/keyboard.js";
import { GROUPS, ROWS } from "../lib/keys/key-actions.js";
import { PRESETS } from "../lib/keys/key-presets.js";
import { keyCaps, parseStroke, strokeOf, reservedReason } from "../lib/keys/key-strokes.js";
import { Keymap } from "../lib/keys/keymap.js";

const HEAD = `
  <div class="key-head">
    <label class="key-preset">Keys of <select class="select" name="preset"></select></label>
    <button class="button" data-kind="quiet" data-size="small" type="button" data-part="reset">Reset to preset</button>
    <p class="key-note" role="status"></p>
  </div>`;

export class KeyHelp extends HTMLElement {
  assisted = false;
  keymap = new Keymap();
  /** @type {{id: string, index: number} | null} the row and key that the next key press changes */
  #waiting = null;
  /** The row picked last; it keeps the focus when the list is rebuilt. */
  #picked = null;
  #shiftAlone = false;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.list = this.querySelector(".key-list");
    this.list.insertAdjacentHTML("beforebegin", HEAD);
    this.note = this.querySelector(".key-note");
    this.presets = this.querySelector('[name="preset"]');
    this.presets.append(...Object.entries(PRESETS).map(([value, { title }]) => new Option(title, value)));
    this.reset = this.querySelector('[data-part="reset"]');
    this.presets.addEventListener("change", () => this.#offerPreset(this.presets.value));
    this.reset.addEventListener("click", () => this.#choose(new Keymap({ preset: this.keymap.preset })));
    this.list.addEventListener("click", this.#pick);
    this.dialog.addEventListener("keydown", this.#press, true);
    this.dialog.addEventListener("keyup", this.#releaseShift, true);
    this.dialog.addEventListener("close", () => this.#cancel(""));
  }

  /** @param {Keymap} keymap */
  show(keymap) {
    this.keymap = keymap;
    this.presets.value = keymap.preset;
    this.reset.hidden = !keymap.isChanged;
    const rows = ROWS.filter((row) => this.assisted || !row.assisted);
    const sections = GROUPS.map((group) => section(group, rows.filter((row) => row.group === group), keymap));
    this.list.replaceChildren(...sections.filter(Boolean));
    if (this.dialog.open) this.list.querySelector(`[data-row="${this.#picked}"]`)?.focus();
  }

  /** @param {string} message @param {[string, () => void][]} [choices]  buttons: text and action */
  showMessage(message, choices = []) {
    this.note.replaceChildren(message, ...choices.map(([text, act]) => button(text, act)));
    this.note.querySelector("button")?.focus();
  }

  toggle() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  #pick = ({ target }) => {
    const chip = target.closest("button[data-row]");
    if (!chip) return;
    const { row: id, place } = chip.dataset;
    const index = Number(place);
    this.#waiting = { id, index };
    this.#picked = id;
    chip.setAttribute("aria-pressed", "true");
    const isNew = index >= this.keymap.strokesOf(id).length;
    const remove = ["Remove this key", () => this.#choose(this.keymap.withoutStroke(id, index))];
    this.showMessage(`Press the key for “${textOf(id)}”, or Esc to cancel.`, isNew ? [] : [remove]);
    chip.focus();
  };

  #press = (event) => {
    this.#shiftAlone = event.code === "ShiftRight";
    if (!this.#waiting || this.#isOnChoice(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.#cancel("No change.");
    else if (event.key !== "Shift") this.#offer(strokeOf(pressOf(event)));
  };

  /** The right Shift alone is a key; with another key it is a modifier. */
  #releaseShift = (event) => {
    if (!this.#waiting || event.code !== "ShiftRight" || !this.#shiftAlone) return;
    event.stopPropagation();
    this.#offer("[ShiftRight]");
  };

  #isOnChoice({ target, key }) {
    return this.note.contains(target) && (key === "Enter" || key === " " || key === "Tab");
  }

  #offer(text) {
    if (text === null) return;
    const { id, index } = this.#waiting;
    const stroke = parseStroke(text);
    const reserved = reservedReason(stroke);
    const owner = this.keymap.rowOf(text);
    const bind = () => this.#choose(this.keymap.withStroke(id, text, index));
    if (reserved) {
      this.showMessage(reserved);
    } else if (!owner || owner.id === id) {
      bind();
    } else {
      this.showMessage(`${keyCaps(stroke).join(" ")} is the key for “${owner.text}”.`, [
        [`Use it for “${textOf(id)}”`, bind],
        ["Cancel", () => this.#cancel("No change.")],
      ]);
    }
  }

  #offerPreset(preset) {
    const choose = () => this.#choose(new Keymap({ preset }));
    if (!this.keymap.isChanged) {
      choose();
      return;
    }
    this.presets.value = this.keymap.preset;
    this.showMessage(`${PRESETS[preset].title} replaces the keys you have changed.`, [
      ["Replace them", choose],
      ["Keep mine", () => this.#cancel("No change.")],
    ]);
  }

  #choose(keymap) {
    this.#cancel("Saving …");
    this.dispatchEvent(new CustomEvent("keys-chosen", { detail: { keymap } }));
  }

  #cancel(message) {
    this.#waiting = null;
    this.list.querySelector('[aria-pressed="true"]')?.removeAttribute("aria-pressed");
    this.showMessage(message);
  }
}

const textOf = (id) => ROWS.find((row) => row.id === id).text;

function section(group, rows, keymap) {
  if (!rows.length) return null;
  const list = document.createElement("dl");
  for (const row of rows) list.append(...rowOf(row, keymap.strokesOf(row.id)));
  const title = document.createElement("h3");
  title.textContent = group;
  const whole = document.createElement("section");
  whole.append(title, list);
  return whole;
}

function rowOf({ id, text }, strokes) {
  const keys = document.createElement("dt");
  keys.append(...strokes.map((stroke, index) => chip(id, index, keyCaps(stroke), text)));
  keys.append(chip(id, strokes.length, ["+"], text, "another key"));
  const meaning = document.createElement("dd");
  meaning.textContent = text;
  return [keys, meaning];
}

function chip(id, index, caps, text, key = caps.join(" ")) {
  const whole = document.createElement("button");
  whole.type = "button";
  whole.className = "key-chip";
  whole.dataset.row = id;
  whole.dataset.place = index;
  whole.setAttribute("aria-label", `Change ${key}`);
  whole.setAttribute("aria-description", text);
  whole.append(...caps.map(keyHint));
  return whole;
}

function keyHint(key) {
  const hint = document.createElement("kbd");
  hint.textContent = key;
  return hint;
}

function button(text, act) {
  const choice = document.createElement("button");
  choice.type = "button";
  choice.className = "button";
  choice.dataset.size = "small";
  choice.textContent = text;
  choice.addEventListener("click", act);
  return choice;
}
