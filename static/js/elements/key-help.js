/**
 * <key-help>: the dialog that lists every key of the account's map, and binds others: press
 * what should stand for an action. It says `keys-chosen` with the new map.
 */
import { pressOf } from "../keyboard/keyboard.js";
import { GROUPS, ROWS } from "../lib/keys/key-actions.js";
import { PRESETS } from "../lib/keys/key-presets.js";
import { keyCaps, parseStroke, strokeOf, whyReserved } from "../lib/keys/key-strokes.js";
import { Keymap } from "../lib/keys/keymap.js";

const HEAD = `
  <div class="key-head">
    <label class="key-preset">Keys of <select class="select" name="preset"></select></label>
    <button class="button" data-kind="quiet" data-size="small" type="button" data-part="reset">Back to the preset</button>
    <p class="key-note" role="status"></p>
  </div>`;

export class KeyHelp extends HTMLElement {
  assisted = false;
  keymap = new Keymap();
  /** @type {{id: string, place: number} | null} the row that waits for a key */
  #waiting = null;
  /** The row that was picked last; it keeps the focus when the list is made anew. */
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
    this.dialog.addEventListener("keydown", this.#hear, true);
    this.dialog.addEventListener("keyup", this.#hearShift, true);
    this.dialog.addEventListener("close", () => this.#rest(""));
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

  /** @param {string} sentence @param {[string, () => void][]} [choices] */
  say(sentence, choices = []) {
    this.note.replaceChildren(sentence, ...choices.map(([says, does]) => button(says, does)));
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
    this.#waiting = { id, place: Number(place) };
    this.#picked = id;
    chip.setAttribute("aria-pressed", "true");
    const isNew = this.#waiting.place >= this.keymap.strokesOf(id).length;
    const remove = ["Remove this key", () => this.#choose(this.keymap.freed(id, Number(place)))];
    this.say(`Press the key for “${saysOf(id)}”; Esc leaves it as it is.`, isNew ? [] : [remove]);
    chip.focus();
  };

  #hear = (event) => {
    this.#shiftAlone = event.code === "ShiftRight";
    if (!this.#waiting || this.#isOnChoice(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.#rest("Nothing was changed.");
    else if (event.key !== "Shift") this.#offer(strokeOf(pressOf(event)));
  };

  /** The right Shift alone is a key like others; with another it only shifts. */
  #hearShift = (event) => {
    if (!this.#waiting || event.code !== "ShiftRight" || !this.#shiftAlone) return;
    event.stopPropagation();
    this.#offer("[ShiftRight]");
  };

  #isOnChoice({ target, key }) {
    return this.note.contains(target) && (key === "Enter" || key === " " || key === "Tab");
  }

  #offer(text) {
    if (text === null) return;
    const { id, place } = this.#waiting;
    const stroke = parseStroke(text);
    const reserved = whyReserved(stroke);
    const owner = this.keymap.ownerOf(text);
    const bind = () => this.#choose(this.keymap.bound(id, text, place));
    if (reserved) {
      this.say(reserved);
    } else if (!owner || owner.id === id) {
      bind();
    } else {
      this.say(`${keyCaps(stroke).join(" ")} means “${owner.says}” already.`, [
        [`Use it for “${saysOf(id)}”`, bind],
        ["Leave it there", () => this.#rest("Nothing was changed.")],
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
    this.say(`${PRESETS[preset].title} replaces the keys that you changed.`, [
      ["Replace them", choose],
      ["Keep mine", () => this.#rest("Nothing was changed.")],
    ]);
  }

  #choose(keymap) {
    this.#rest("Keeping …");
    this.dispatchEvent(new CustomEvent("keys-chosen", { detail: { keymap } }));
  }

  #rest(sentence) {
    this.#waiting = null;
    this.list.querySelector('[aria-pressed="true"]')?.removeAttribute("aria-pressed");
    this.say(sentence);
  }
}

const saysOf = (id) => ROWS.find((row) => row.id === id).says;

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

function rowOf({ id, says }, strokes) {
  const keys = document.createElement("dt");
  keys.append(...strokes.map((stroke, place) => chip(id, place, keyCaps(stroke), says)));
  keys.append(chip(id, strokes.length, ["+"], says, "another key"));
  const meaning = document.createElement("dd");
  meaning.textContent = says;
  return [keys, meaning];
}

function chip(id, place, caps, says, what = caps.join(" ")) {
  const whole = document.createElement("button");
  whole.type = "button";
  whole.className = "key-chip";
  whole.dataset.row = id;
  whole.dataset.place = place;
  whole.setAttribute("aria-label", `Change ${what}`);
  whole.setAttribute("aria-description", says);
  whole.append(...caps.map(keyHint));
  return whole;
}

function keyHint(key) {
  const hint = document.createElement("kbd");
  hint.textContent = key;
  return hint;
}

function button(says, does) {
  const choice = document.createElement("button");
  choice.type = "button";
  choice.className = "button";
  choice.dataset.size = "small";
  choice.textContent = says;
  choice.addEventListener("click", does);
  return choice;
}
