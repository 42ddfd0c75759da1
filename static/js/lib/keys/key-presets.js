/**
 * Key maps to start from: the strokes for each row of key-actions.js, written as key-strokes.js
 * reads them.
 * @typedef {Record<string, string[]>} Preset
 */

/** Keys that all presets share. */
const COMMON = {
  "cancel": ["Escape"],
  "undo": ["Ctrl+z", "Backspace"],
  "redo": ["Ctrl+Shift+z", "Ctrl+y"],
  "play": [" "], "loop": ["Shift+ "], "pace -1": ["="], "pace 1": ["-"],
  "contrast -1": ["o"], "contrast 1": ["p"], "brightness -1": ["k"], "brightness 1": ["l"],
  "lags": ["Shift+l"], "full-frame": ["Shift+p"],
  "zoom 1": ["PageUp"], "zoom -1": ["PageDown"],
  "next-clip": ["Enter"],
  "help": ["?"],
  "paint -1": ["Shift+ArrowLeft"], "paint 1": ["Shift+ArrowRight"],
};

/** The first thirteen keys are those of WhACC's own window; it has no keys for the other actions. */
const WHACC = {
  ...COMMON,
  "move -1": ["ArrowLeft"], "move 1": ["ArrowRight"], "move -10": [","], "move 10": [".", "[ShiftRight]"],
  "move -100": [";"], "move 100": ["'"], "move -1000": ["["], "move 1000": ["]"],
  "touch": ["ArrowUp"], "not-touch": ["ArrowDown"], "clear": ["1"], "switch": ["`"],
  "unsure": ["q"], "note": ["f"],
  "nudge-onset -1": ["w"], "nudge-onset 1": ["e"], "nudge-offset -1": ["r"], "nudge-offset 1": ["t"],
  "label-on 1": ["Shift+ArrowUp"], "label-on 0": ["Shift+ArrowDown"], "label-on 2": ["Shift+q"],
  "mark": ["i"],
  "accept-touch": ["y"], "accept-rest": ["Shift+y"], "suggestions": ["h"],
  "next-unsure 1": ["j"], "next-unsure -1": ["Shift+j"],
  "next-touch 1": ["n"], "next-touch -1": ["Shift+n", "b"],
  "next-edge 1": ["m"], "next-edge -1": ["Shift+m"],
  "next-unlabelled 1": ["u"], "next-unlabelled -1": ["Shift+u"],
  "auto-advance": ["a"],
};

/** All labelling keys under the left hand; the right hand is free for the mouse. */
const LEFT_HAND = {
  ...COMMON,
  "move -1": ["a", "ArrowLeft"], "move 1": ["d", "ArrowRight"], "move -10": ["q", ","], "move 10": ["e", "."],
  "move -100": ["Shift+q", ";"], "move 100": ["Shift+e", "'"], "move -1000": ["["], "move 1000": ["]"],
  "paint -1": ["Shift+a", "Shift+ArrowLeft"], "paint 1": ["Shift+d", "Shift+ArrowRight"],
  "touch": ["w", "ArrowUp"], "not-touch": ["s", "ArrowDown"], "unsure": ["f"], "clear": ["x"], "switch": ["`"],
  "label-on 1": ["Shift+w", "Shift+ArrowUp"], "label-on 0": ["Shift+s", "Shift+ArrowDown"], "label-on 2": ["Shift+f"],
  "nudge-onset -1": ["1"], "nudge-onset 1": ["2"], "nudge-offset -1": ["3"], "nudge-offset 1": ["4"],
  "mark": ["c"], "note": ["5"],
  "accept-touch": ["v"], "accept-rest": ["Shift+v"], "suggestions": ["b"],
  "next-unsure 1": ["t"], "next-unsure -1": ["Shift+t"],
  "next-touch 1": ["r"], "next-touch -1": ["Shift+r"],
  "next-edge 1": ["g"], "next-edge -1": ["Shift+g"],
  "next-unlabelled 1": ["z"], "next-unlabelled -1": ["Shift+z"],
  "auto-advance": ["Shift+c"],
};

/** As in JABS: Z, X and C start a range and fill it when pressed again; up and down move by ten. */
const JABS = {
  ...WHACC,
  "touch": [], "not-touch": [], "clear": ["1"],
  "range 1": ["z"], "range 0": ["c"], "range -1": ["x"],
  "move 10": ["ArrowUp", "."], "move -10": ["ArrowDown", ","],
  "label-on 1": ["Shift+z"], "label-on 0": ["Shift+c"],
};

/** @type {Record<string, {title: string, keys: Preset}>} */
export const PRESETS = {
  "whacc": { title: "WhACC", keys: WHACC },
  "left-hand": { title: "Left hand", keys: LEFT_HAND },
  "jabs": { title: "JABS", keys: JABS },
};

export const FIRST_PRESET = "whacc";
