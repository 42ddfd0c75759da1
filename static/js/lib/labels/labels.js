/**
 * Label values, and arrays of them: one for each frame of a clip. UNLABELLED marks a frame without
 * a label.
 * @typedef {import("./runs.js").Run} Run
 */

export const UNLABELLED = -1;
export const NOT_TOUCH = 0;
export const TOUCH = 1;
export const UNSURE = 2;

/** A label's name in attributes, and its text on pages. */
const NAMES = new Map([
  [TOUCH, { name: "touch", text: "touch" }],
  [NOT_TOUCH, { name: "not-touch", text: "not touch" }],
  [UNSURE, { name: "unsure", text: "unsure" }],
  [UNLABELLED, { name: "unlabelled", text: "no label" }],
]);

/** @param {number} value */
export const labelName = (value) => NAMES.get(value).name;

/** @param {number} value */
export const labelText = (value) => NAMES.get(value).text;

/**
 * Whether writing the runs would change anything.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {Run[]} runs
 */
export function wouldChange(labels, first, runs) {
  return runs.some(([start, stop, value]) => {
    const wanted = value ?? UNLABELLED;
    for (let frame = start; frame < stop; frame += 1) {
      if (labels[frame - first] !== wanted) return true;
    }
    return false;
  });
}

/**
 * How many frames are labelled, and how many touches they contain.
 * @param {Int8Array} labels
 */
export function countLabels(labels) {
  let labelled = 0;
  let touches = 0;
  let before = UNLABELLED;
  for (let i = 0; i < labels.length; i += 1) {
    const value = labels[i];
    if (value !== UNLABELLED) labelled += 1;
    if (value === TOUCH && before !== TOUCH) touches += 1;
    before = value;
  }
  return { labelled, touches };
}

/**
 * The first frame without a label after `frame`, or before it; null if there is none.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {number} frame
 * @param {number} [direction]  1 or -1
 * @returns {number | null}
 */
export function nextUnlabelled(labels, first, frame, direction = 1) {
  const at = frame - first + direction;
  if (direction < 0 && at < 0) return null;
  const index = direction > 0 ? labels.indexOf(UNLABELLED, Math.max(0, at)) : labels.lastIndexOf(UNLABELLED, at);
  return index >= 0 ? first + index : null;
}
