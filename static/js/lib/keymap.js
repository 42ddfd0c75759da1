/**
 * Every key of the labelling page, in one table: the page obeys it, the help shows it, the
 * buttons quote it. The first eighteen are those of WhACC's own window.
 *
 * `key` is what the key prints, whatever the layout; `code` is where it lies on an ANSI
 * keyboard, and counts only when what it prints means nothing here (a German "ö" lies where
 * ";" is expected).
 * @typedef {{key?: string, code?: string, shift?: boolean, control?: boolean}} Stroke
 * @typedef {{action: string, amount?: number, strokes: Stroke[], shows: string[], says: string,
 *   group: string, repeats?: boolean}} Row
 */

const MOVE = "Move";
const LABEL = "Label";
const WORK = "Work";

/** @type {readonly Row[]} */
export const KEYMAP = [
  { action: "move", amount: -1, strokes: [{ key: "ArrowLeft" }], shows: ["←"], says: "one frame back", group: MOVE, repeats: true },
  { action: "move", amount: 1, strokes: [{ key: "ArrowRight" }], shows: ["→"], says: "one frame on", group: MOVE, repeats: true },
  { action: "move", amount: -10, strokes: [{ key: ",", code: "Comma" }], shows: [","], says: "10 back", group: MOVE, repeats: true },
  { action: "move", amount: 10, strokes: [{ key: ".", code: "Period" }, { code: "ShiftRight" }], shows: [".", "right Shift"], says: "10 on", group: MOVE, repeats: true },
  { action: "move", amount: -100, strokes: [{ key: ";", code: "Semicolon" }], shows: [";"], says: "100 back", group: MOVE, repeats: true },
  { action: "move", amount: 100, strokes: [{ key: "'", code: "Quote" }], shows: ["'"], says: "100 on", group: MOVE, repeats: true },
  { action: "move", amount: -1000, strokes: [{ key: "[", code: "BracketLeft" }], shows: ["["], says: "1000 back", group: MOVE, repeats: true },
  { action: "move", amount: 1000, strokes: [{ key: "]", code: "BracketRight" }], shows: ["]"], says: "1000 on", group: MOVE, repeats: true },
  { action: "next-unlabelled", strokes: [{ key: "u", code: "KeyU" }], shows: ["U"], says: "next gap: a frame without a label", group: MOVE },
  { action: "play", strokes: [{ key: " " }], shows: ["Space"], says: "play, pause", group: MOVE },

  { action: "touch", strokes: [{ key: "ArrowUp" }], shows: ["↑"], says: "touch", group: LABEL },
  { action: "not-touch", strokes: [{ key: "ArrowDown" }], shows: ["↓"], says: "not touch", group: LABEL },
  { action: "unsure", strokes: [{ key: "q", code: "KeyQ" }], shows: ["Q"], says: "unsure", group: LABEL },
  { action: "clear", strokes: [{ key: "1", code: "Digit1" }], shows: ["1"], says: "clear the label", group: LABEL },
  { action: "switch", strokes: [{ key: "`", code: "Backquote" }], shows: ["`"], says: "switch touch and not touch", group: LABEL },
  { action: "paint", amount: -1, strokes: [{ key: "ArrowLeft", shift: true }], shows: ["Shift", "←"], says: "carry this label back", group: LABEL, repeats: true },
  { action: "paint", amount: 1, strokes: [{ key: "ArrowRight", shift: true }], shows: ["Shift", "→"], says: "carry this label on", group: LABEL, repeats: true },

  { action: "undo", strokes: [{ key: "z", code: "KeyZ", control: true }], shows: ["Ctrl", "Z"], says: "undo", group: WORK, repeats: true },
  { action: "redo", strokes: [{ key: "z", code: "KeyZ", control: true, shift: true }, { key: "y", control: true }], shows: ["Ctrl", "Shift", "Z"], says: "redo", group: WORK, repeats: true },
  { action: "auto-advance", strokes: [{ key: "a", code: "KeyA" }], shows: ["A"], says: "advance after a label", group: WORK },
  { action: "next-clip", strokes: [{ key: "Enter" }], shows: ["Enter"], says: "next gap; none left: next clip", group: WORK },
  { action: "help", strokes: [{ key: "?" }], shows: ["?"], says: "this list", group: WORK },
];

/** The groups in the order in which the help shows them. */
export const GROUPS = [LABEL, WORK, MOVE];

/**
 * The row that a key press stands for, or null.
 * @param {{key: string, code: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean,
 *   altKey: boolean, altGraph?: boolean}} press
 * @param {readonly Row[]} [keymap]
 * @returns {Row | null}
 */
export function rowFor(press, keymap = KEYMAP) {
  const control = (press.ctrlKey || press.metaKey) && !press.altGraph;
  if (press.altKey && !press.altGraph) return null;
  return byKey(press, control, keymap) ?? byCode(press, control, keymap);
}

function byKey(press, control, keymap) {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  // What a character takes to be typed (Shift, AltGr, caps lock) differs between layouts: "?"
  // and "[" count however they came about. Named keys and Ctrl combinations heed Shift.
  const heedsShift = press.key.length > 1 || control;
  return find(keymap, (stroke) =>
    stroke.key === key && Boolean(stroke.control) === control
    && (!heedsShift || Boolean(stroke.shift) === press.shiftKey));
}

function byCode(press, control, keymap) {
  if (press.altGraph) return null;
  return find(keymap, (stroke) =>
    stroke.code === press.code && Boolean(stroke.control) === control
    && (stroke.code === "ShiftRight" || Boolean(stroke.shift) === press.shiftKey));
}

const find = (keymap, fits) => keymap.find(({ strokes }) => strokes.some(fits)) ?? null;

/**
 * Strokes that stand for two rows.
 * @param {readonly Row[]} [keymap]
 * @returns {string[]}
 */
export function conflicts(keymap = KEYMAP) {
  const seen = new Set();
  const twice = [];
  for (const { strokes } of keymap) {
    for (const { key, code, shift = false, control = false } of strokes) {
      for (const name of [key && `key ${key}`, code && `code ${code}`].filter(Boolean)) {
        const stroke = [control && "control", shift && "shift", name].filter(Boolean).join(" ");
        if (seen.has(stroke)) twice.push(stroke);
        seen.add(stroke);
      }
    }
  }
  return twice;
}
