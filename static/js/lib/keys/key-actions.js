/**
 * What keys can do on the labelling page, a row each: the dialog lists these, the key map binds
 * them. `repeats` tells whether holding the key does it again and again. Rows that are
 * `assisted` mean nothing to a blind annotator and are not shown to one.
 * @typedef {{id: string, action: string, amount?: number, says: string, group: string,
 *   repeats: boolean, assisted: boolean}} Row
 */
import { NOT_TOUCH, TOUCH, UNLABELLED, UNSURE } from "../labels/labels.js";

const LABEL = "Label";
const RANGE = "Many frames at once";
const MODEL = "The model's suggestion";
const MOVE = "Move";
const VIEW = "See";
const WORK = "Work";

/** The groups in the order in which they are shown. */
export const GROUPS = [LABEL, RANGE, MODEL, MOVE, VIEW, WORK];

const once = { repeats: false, assisted: false };
const held = { repeats: true, assisted: false };
const assisted = { repeats: false, assisted: true };
const row = (group, kind, action, amount, says) =>
  ({ id: amount === null ? action : `${action} ${amount}`, action, ...(amount !== null && { amount }), says, group, ...kind });

/** @type {readonly Row[]} */
export const ROWS = [
  row(LABEL, once, "touch", null, "touch"),
  row(LABEL, once, "not-touch", null, "not touch"),
  row(LABEL, once, "unsure", null, "unsure"),
  row(LABEL, once, "clear", null, "clear the label"),
  row(LABEL, once, "switch", null, "switch touch and not touch"),
  row(LABEL, held, "nudge-onset", -1, "onset a frame earlier"),
  row(LABEL, held, "nudge-onset", 1, "onset a frame later"),
  row(LABEL, held, "nudge-offset", -1, "offset a frame earlier"),
  row(LABEL, held, "nudge-offset", 1, "offset a frame later"),
  row(LABEL, once, "note", null, "a note on this frame"),

  row(RANGE, held, "label-on", TOUCH, "touch, and on; hold to paint"),
  row(RANGE, held, "label-on", NOT_TOUCH, "not touch, and on; hold to paint"),
  row(RANGE, held, "label-on", UNSURE, "unsure, and on; hold to paint"),
  row(RANGE, held, "paint", -1, "carry this label back"),
  row(RANGE, held, "paint", 1, "carry this label on"),
  row(RANGE, once, "mark", null, "a range starts here; the next label fills it"),
  row(RANGE, once, "cancel", null, "give the range up"),
  row(RANGE, once, "range", TOUCH, "range: start, then touch"),
  row(RANGE, once, "range", NOT_TOUCH, "range: start, then not touch"),
  row(RANGE, once, "range", UNLABELLED, "range: start, then clear"),

  row(MODEL, assisted, "accept-touch", null, "accept the touch here, and go behind it"),
  row(MODEL, assisted, "accept-rest", null, "accept all from here to the clip's end"),
  row(MODEL, assisted, "suggestions", null, "hide or show suggestions"),
  row(MODEL, assisted, "next-unsure", 1, "next place where the model is unsure"),
  row(MODEL, assisted, "next-unsure", -1, "place before where it is unsure"),

  row(MOVE, held, "move", -1, "one frame back"),
  row(MOVE, held, "move", 1, "one frame on"),
  row(MOVE, held, "move", -10, "10 back"),
  row(MOVE, held, "move", 10, "10 on"),
  row(MOVE, held, "move", -100, "100 back"),
  row(MOVE, held, "move", 100, "100 on"),
  row(MOVE, held, "move", -1000, "1000 back"),
  row(MOVE, held, "move", 1000, "1000 on"),
  row(MOVE, once, "next-touch", 1, "next touch: its onset"),
  row(MOVE, once, "next-touch", -1, "touch before: its onset"),
  row(MOVE, once, "next-edge", 1, "next onset or last frame of a touch"),
  row(MOVE, once, "next-edge", -1, "onset or last frame before"),
  row(MOVE, once, "next-unlabelled", 1, "next frame without a label"),
  row(MOVE, once, "next-unlabelled", -1, "frame without a label before"),
  row(VIEW, once, "play", null, "play, pause"),
  row(VIEW, once, "loop", null, "play this touch again and again"),
  row(VIEW, once, "pace", -1, "play faster"),
  row(VIEW, once, "pace", 1, "play slower"),
  row(VIEW, held, "contrast", -1, "less contrast"),
  row(VIEW, held, "contrast", 1, "more contrast"),
  row(VIEW, held, "brightness", -1, "darker"),
  row(VIEW, held, "brightness", 1, "brighter"),
  row(VIEW, held, "zoom", 1, "timeline closer"),
  row(VIEW, held, "zoom", -1, "timeline farther"),
  row(VIEW, once, "lags", null, "3-lag colour, or single frames"),
  row(VIEW, once, "full-frame", null, "the whole video frame, where the session knows its videos"),

  row(WORK, held, "undo", null, "undo"),
  row(WORK, held, "redo", null, "redo"),
  row(WORK, once, "auto-advance", null, "advance after a label"),
  row(WORK, once, "next-clip", null, "next gap; none left: next clip"),
  row(WORK, once, "help", null, "these keys"),
];
