/**
 * Labels as runs and as arrays. A run is [start, stop, value], half-open, counted from the
 * trial's first frame; in arrays UNLABELLED stands where nobody has said anything.
 * @typedef {[number, number, number | null]} Run
 */

export const UNLABELLED = -1;
export const NOT_TOUCH = 0;
export const TOUCH = 1;
export const UNSURE = 2;

/** How a label is called in attributes, and how it is said. */
const NAMES = new Map([
  [TOUCH, { name: "touch", says: "touch" }],
  [NOT_TOUCH, { name: "not-touch", says: "not touch" }],
  [UNSURE, { name: "unsure", says: "unsure" }],
  [UNLABELLED, { name: "unlabelled", says: "no label" }],
]);

/** @param {number} value */
export const labelName = (value) => NAMES.get(value).name;

/** @param {number} value */
export const labelSays = (value) => NAMES.get(value).says;

/**
 * Write runs into labels in place; null clears.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {Run[]} runs
 */
export function applyRuns(labels, first, runs) {
  for (const [start, stop, value] of runs) {
    if (start < first || stop > first + labels.length || start >= stop) {
      throw new RangeError(`Expected frames of [${first}, ${first + labels.length}), found [${start}, ${stop}).`);
    }
    labels.fill(value ?? UNLABELLED, start - first, stop - first);
  }
}

/**
 * The maximal runs of equal labels; those of no label only when asked for, as null.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {{gaps?: boolean}} [options]
 * @returns {Run[]}
 */
export function runsOf(labels, first, { gaps = false } = {}) {
  const runs = [];
  for (let start = 0, stop; start < labels.length; start = stop) {
    const value = labels[start];
    stop = start + 1;
    while (stop < labels.length && labels[stop] === value) stop += 1;
    if (value !== UNLABELLED) runs.push([first + start, first + stop, value]);
    else if (gaps) runs.push([first + start, first + stop, null]);
  }
  return runs;
}

/**
 * The runs that would bring back what `runs` are about to overwrite.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {Run[]} runs
 * @returns {Run[]}
 */
export function inverseRuns(labels, first, runs) {
  return runs.flatMap(([start, stop]) => runsOf(labels.subarray(start - first, stop - first), start, { gaps: true }));
}

/**
 * Whether writing the runs would change anything.
 * @param {Int8Array} labels
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
 * How many frames are labelled, and how many touches they make.
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
 * The first frame without a label after `frame`, or before it; null when there is none.
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
