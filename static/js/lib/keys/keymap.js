/**
 * The key map of an account: a preset and the user's changes.
 *
 * The character of a key has priority over its code, so that every keyboard layout uses the
 * characters that it has. The code counts if the character has no action (a German "ö" is on the key
 * of ";").
 * @typedef {import("./key-actions.js").Row} Row
 * @typedef {import("./key-strokes.js").Stroke} Stroke
 * @typedef {{preset: string, keys: Record<string, string[]>}} Choice  as the account stores it
 */
import { ROWS } from "./key-actions.js";
import { FIRST_PRESET, PRESETS } from "./key-presets.js";
import { parseStroke, nameByCode, nameByKey } from "./key-strokes.js";

const STROKES_MAX = 4;

export class Keymap {
  /** @type {Map<string, Row>} */
  #byKey = new Map();
  /** @type {Map<string, Row>} */
  #byCode = new Map();
  /** @type {Map<string, Stroke[]>} */
  #strokes = new Map();

  /** @param {Partial<Choice>} [choice] */
  constructor({ preset = FIRST_PRESET, keys = {} } = {}) {
    this.preset = Object.hasOwn(PRESETS, preset) ? preset : FIRST_PRESET;
    const chosen = ROWS.map(({ id }) => id).filter((id) => isChosen(keys, id));
    this.keys = Object.fromEntries(chosen.map((id) => [id, keys[id].slice(0, STROKES_MAX)]));
    for (const row of ROWS) this.#strokes.set(row.id, []);
    // The user's keys have priority over those of the preset.
    for (const row of ROWS) if (row.id in this.keys) this.#bind(row, this.keys[row.id]);
    for (const row of ROWS) if (!(row.id in this.keys)) this.#bind(row, PRESETS[this.preset].keys[row.id] ?? []);
  }

  /** @returns {Choice} */
  get choice() {
    return { preset: this.preset, keys: this.keys };
  }

  get isChanged() {
    return Object.keys(this.keys).length > 0;
  }

  /** The row of a key press, or null. @param {import("./key-strokes.js").Press} press */
  rowFor({ key, code, shiftKey, ctrlKey, metaKey, altKey, altGraph = false }) {
    const stroke = {
      key: key.length === 1 ? key.toLowerCase() : key, code,
      shift: shiftKey, control: (ctrlKey || metaKey) && !altGraph, alt: altKey && !altGraph,
    };
    return this.#byKey.get(nameByKey(stroke)) ?? (altGraph ? null : this.#byCode.get(nameByCode(stroke)) ?? null);
  }

  /** @param {string} id @returns {readonly Stroke[]} */
  strokesOf(id) {
    return this.#strokes.get(id) ?? [];
  }

  /** The row that has this stroke, or null. @param {string} text */
  rowOf(text) {
    const stroke = parseStroke(text);
    return this.#byKey.get(nameByKey(stroke)) ?? this.#byCode.get(nameByCode(stroke)) ?? null;
  }

  /**
   * This map with a stroke for a row, replacing its nth stroke or added to them; another row that
   * had it loses it.
   * @param {string} id
   * @param {string} text
   * @param {number} [index]
   */
  withStroke(id, text, index = Infinity) {
    const keys = { ...this.keys };
    const other = this.rowOf(text);
    if (other && other.id !== id) keys[other.id] = this.#texts(other.id).filter((each) => !clash(each, text));
    const own = this.#texts(id);
    own[Math.min(index, own.length, STROKES_MAX - 1)] = text;
    keys[id] = own.filter((each, at) => own.findIndex((stroke) => clash(each, stroke)) === at);
    return new Keymap({ preset: this.preset, keys });
  }

  /** This map without a row's nth stroke. @param {string} id @param {number} index */
  withoutStroke(id, index) {
    const left = this.#texts(id).filter((_, at) => at !== index);
    return new Keymap({ preset: this.preset, keys: { ...this.keys, [id]: left } });
  }

  #texts(id) {
    return this.#strokes.get(id).map(({ text }) => text);
  }

  #bind(row, texts) {
    for (const text of texts) {
      const stroke = { ...parseStroke(text), text };
      const byKey = nameByKey(stroke);
      const byCode = nameByCode(stroke);
      if (this.#byKey.has(byKey) || (!byKey && this.#byCode.has(byCode))) continue;
      if (byKey) this.#byKey.set(byKey, row);
      // The first row in the preset with this key code has it.
      if (byCode && !this.#byCode.has(byCode)) this.#byCode.set(byCode, row);
      this.#strokes.get(row.id).push(stroke);
    }
  }
}

const isChosen = (keys, id) =>
  Array.isArray(keys[id]) && keys[id].every((text) => typeof text === "string" && text.length > 0);

/** Whether one key press could match both. */
function clash(text, other) {
  const [one, two] = [parseStroke(text), parseStroke(other)];
  const sameKey = nameByKey(one) !== "" && nameByKey(one) === nameByKey(two);
  return sameKey || (!one.key && !two.key && nameByCode(one) === nameByCode(two)) || text === other;
}

/**
 * Strokes that a preset has for two rows.
 * @param {import("./key-presets.js").Preset} preset
 * @returns {string[]}
 */
export function conflicts(preset) {
  const seen = new Set();
  const twice = [];
  for (const text of Object.values(preset).flat()) {
    const stroke = parseStroke(text);
    for (const name of [nameByKey(stroke), nameByCode(stroke)].filter(Boolean)) {
      if (seen.has(name)) twice.push(name);
      seen.add(name);
    }
  }
  return twice;
}
