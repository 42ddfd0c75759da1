/**
 * The actions that keys can have on the labelling page, one row each: the dialog lists them, the key
 * map binds them. `repeats`: holding the key repeats the action. `assisted`: the action uses the
 * model, and a blind annotator does not see it.
 * @typedef {{id: string, action: string, amount?: number, text: string, group: string,
 *   repeats: boolean, assisted: boolean}} Row
 */
import { NOT_TOUCH, TOUCH, UNLABELLED, UNSURE } from "../labels/labels.js";

const LABEL = "Label";
const RANGE = "Many frames at once";
const MODEL = "The model's suggestion";
const MOVE = "Move";
const VIEW = "Playback and display";
const WORK = "Work";

/** The groups in display order. */
export const GROUPS = [LABEL, RANGE, MODEL, MOVE, VIEW, WORK];

const once = { repeats: false, assisted: false };
const held = { repeats: true, assisted: false };
const assisted = { repeats: false, assisted: true };
const row = (group, kind, action, amount, text) => {
  if (amount === null) return { id: action, action, text, group, ...kind };
  return { id: `${action} ${amount}`, action, amount, text, group, ...kind };
};

/** @type {readonly Row[]} */
export const ROWS = [
  row(LABEL, once, "touch", null, "touch"),
  row(LABEL, once, "not-touch", null, "not touch"),
  row(LABEL, once, "unsure", null, "unsure"),
  row(LABEL, once, "clear", null, "clear the label"),
  row(LABEL, once, "switch", null, "switch touch and not touch"),
  row(LABEL, held, "nudge-onset", -1, "onset one frame earlier"),
  row(LABEL, held, "nudge-onset", 1, "onset one frame later"),
  row(LABEL, held, "nudge-offset", -1, "offset one frame earlier"),
  row(LABEL, held, "nudge-offset", 1, "offset one frame later"),
  row(LABEL, once, "note", null, "note on this frame"),

  row(RANGE, held, "label-on", TOUCH, "touch and advance; hold to paint"),
  row(RANGE, held, "label-on", NOT_TOUCH, "not touch and advance; hold to paint"),
  row(RANGE, held, "label-on", UNSURE, "unsure and advance; hold to paint"),
  row(RANGE, held, "paint", -1, "copy this label to the previous frame"),
  row(RANGE, held, "paint", 1, "copy this label to the next frame"),
  row(RANGE, once, "mark", null, "start a range; the next label fills it"),
  row(RANGE, once, "cancel", null, "cancel the range"),
  row(RANGE, once, "range", TOUCH, "range: start, then touch"),
  row(RANGE, once, "range", NOT_TOUCH, "range: start, then not touch"),
  row(RANGE, once, "range", UNLABELLED, "range: start, then clear"),

  row(MODEL, assisted, "accept-touch", null, "accept touch and continue"),
  row(MODEL, assisted, "accept-rest", null, "accept all from here to the end of the clip"),
  row(MODEL, assisted, "suggestions", null, "hide or show suggestions"),
  row(MODEL, assisted, "next-unsure", 1, "next frame where the model is unsure"),
  row(MODEL, assisted, "next-unsure", -1, "previous frame where it is unsure"),

  row(MOVE, held, "move", -1, "one frame back"),
  row(MOVE, held, "move", 1, "one frame forward"),
  row(MOVE, held, "move", -10, "10 back"),
  row(MOVE, held, "move", 10, "10 forward"),
  row(MOVE, held, "move", -100, "100 back"),
  row(MOVE, held, "move", 100, "100 forward"),
  row(MOVE, held, "move", -1000, "1000 back"),
  row(MOVE, held, "move", 1000, "1000 forward"),
  row(MOVE, once, "next-touch", 1, "onset of the next touch"),
  row(MOVE, once, "next-touch", -1, "onset of the previous touch"),
  row(MOVE, once, "next-edge", 1, "next onset or last frame of a touch"),
  row(MOVE, once, "next-edge", -1, "previous onset or last frame of a touch"),
  row(MOVE, once, "next-unlabelled", 1, "next frame without a label"),
  row(MOVE, once, "next-unlabelled", -1, "previous frame without a label"),
  row(VIEW, once, "play", null, "play, pause"),
  row(VIEW, once, "loop", null, "repeat this touch"),
  row(VIEW, once, "pace", -1, "play faster"),
  row(VIEW, once, "pace", 1, "play slower"),
  row(VIEW, held, "contrast", -1, "less contrast"),
  row(VIEW, held, "contrast", 1, "more contrast"),
  row(VIEW, held, "brightness", -1, "darker"),
  row(VIEW, held, "brightness", 1, "brighter"),
  row(VIEW, held, "zoom", 1, "zoom in on the timeline"),
  row(VIEW, held, "zoom", -1, "zoom out on the timeline"),
  row(VIEW, once, "lags", null, "3-lag colour on or off"),
  row(VIEW, once, "full-frame", null, "whole video frame, if the session has its videos"),

  row(WORK, held, "undo", null, "undo"),
  row(WORK, held, "redo", null, "redo"),
  row(WORK, once, "auto-advance", null, "advance after each label on or off"),
  row(WORK, once, "next-clip", null, "next gap, then next clip"),
  row(WORK, once, "help", null, "show all keys"),
];
