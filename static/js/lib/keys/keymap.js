/**
 * The key map of an account: a preset, and what its owner changed. The page obeys it, the
 * dialog shows it, the buttons quote it.
 *
 * What a key prints counts before where it lies, so that each layout finds the characters that
 * it has; the place counts where what the key prints means nothing (a German "ö" lies where ";"
 * is expected).
 * @typedef {import("./key-actions.js").Row} Row
 * @typedef {import("./key-strokes.js").Stroke} Stroke
 * @typedef {{preset: string, keys: Record<string, string[]>}} Choice  as the account keeps it
 */
import { ROWS } from "./key-actions.js";
import { FIRST_PRESET, PRESETS } from "./key-presets.js";
import { parseStroke, placedName, printedName } from "./key-strokes.js";

const STROKES_MAX = 4;

export class Keymap {
  /** @type {Map<string, Row>} */
  #printed = new Map();
  /** @type {Map<string, Row>} */
  #placed = new Map();
  /** @type {Map<string, Stroke[]>} */
  #strokes = new Map();

  /** @param {Partial<Choice>} [choice] */
  constructor({ preset = FIRST_PRESET, keys = {} } = {}) {
    this.preset = Object.hasOwn(PRESETS, preset) ? preset : FIRST_PRESET;
    this.keys = Object.fromEntries(ROWS.flatMap(({ id }) => (isChosen(keys, id) ? [[id, keys[id].slice(0, STROKES_MAX)]] : [])));
    for (const row of ROWS) this.#strokes.set(row.id, []);
    // What somebody chose counts before what a later preset may want.
    for (const row of ROWS) if (row.id in this.keys) this.#give(row, this.keys[row.id]);
    for (const row of ROWS) if (!(row.id in this.keys)) this.#give(row, PRESETS[this.preset].keys[row.id] ?? []);
  }

  /** @returns {Choice} */
  get choice() {
    return { preset: this.preset, keys: this.keys };
  }

  get isChanged() {
    return Object.keys(this.keys).length > 0;
  }

  /** The row that a key press stands for, or null. @param {import("./key-strokes.js").Press} press */
  rowFor({ key, code, shiftKey, ctrlKey, metaKey, altKey, altGraph = false }) {
    const stroke = {
      key: key.length === 1 ? key.toLowerCase() : key, code,
      shift: shiftKey, control: (ctrlKey || metaKey) && !altGraph, alt: altKey && !altGraph,
    };
    return this.#printed.get(printedName(stroke)) ?? (altGraph ? null : this.#placed.get(placedName(stroke)) ?? null);
  }

  /** @param {string} id @returns {readonly Stroke[]} */
  strokesOf(id) {
    return this.#strokes.get(id) ?? [];
  }

  /** The row that has this stroke already, or null. @param {string} text */
  ownerOf(text) {
    const stroke = parseStroke(text);
    return this.#printed.get(printedName(stroke)) ?? this.#placed.get(placedName(stroke)) ?? null;
  }

  /**
   * The map with a stroke more for a row, in place of its nth or as another; whoever had it
   * before loses it.
   * @param {string} id
   * @param {string} text
   * @param {number} [place]
   */
  bound(id, text, place = Infinity) {
    const keys = { ...this.keys };
    const owner = this.ownerOf(text);
    if (owner && owner.id !== id) keys[owner.id] = this.#texts(owner.id).filter((each) => !clash(each, text));
    const own = this.#texts(id);
    own[Math.min(place, own.length, STROKES_MAX - 1)] = text;
    keys[id] = own.filter((each, index) => own.findIndex((other) => clash(each, other)) === index);
    return new Keymap({ preset: this.preset, keys });
  }

  /** The map without a row's nth stroke. @param {string} id @param {number} place */
  freed(id, place) {
    const left = this.#texts(id).filter((_, index) => index !== place);
    return new Keymap({ preset: this.preset, keys: { ...this.keys, [id]: left } });
  }

  #texts(id) {
    return this.#strokes.get(id).map(({ text }) => text);
  }

  #give(row, texts) {
    for (const text of texts) {
      const stroke = { ...parseStroke(text), text };
      const printed = printedName(stroke);
      const placed = placedName(stroke);
      if (this.#printed.has(printed) || (!printed && this.#placed.has(placed))) continue;
      if (printed) this.#printed.set(printed, row);
      // Of two keys that lie in one place, that of the preset's keyboard has it.
      if (placed && !this.#placed.has(placed)) this.#placed.set(placed, row);
      this.#strokes.get(row.id).push(stroke);
    }
  }
}

const isChosen = (keys, id) =>
  Array.isArray(keys[id]) && keys[id].every((text) => typeof text === "string" && text.length > 0);

/** Whether one key press could mean both. */
function clash(text, other) {
  const [one, two] = [parseStroke(text), parseStroke(other)];
  const printed = printedName(one) !== "" && printedName(one) === printedName(two);
  return printed || (!one.key && !two.key && placedName(one) === placedName(two)) || text === other;
}

/**
 * Strokes of a preset that stand for two rows.
 * @param {import("./key-presets.js").Preset} preset
 * @returns {string[]}
 */
export function conflicts(preset) {
  const seen = new Set();
  const twice = [];
  for (const text of Object.values(preset).flat()) {
    const stroke = parseStroke(text);
    for (const name of [printedName(stroke), placedName(stroke)].filter(Boolean)) {
      if (seen.has(name)) twice.push(name);
      seen.add(name);
    }
  }
  return twice;
}
