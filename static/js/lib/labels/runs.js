/**
 * Runs: maximal stretches of frames that are alike. A label run is [start, stop, value], half-open,
 * counted from the trial's first frame.
 * @typedef {[number, number, number | null]} Run
 */
import { UNLABELLED } from "./labels.js";

/**
 * Call `visit` for each maximal run of equal values between two indices; makes no garbage.
 * @param {ArrayLike<number>} values
 * @param {number} from
 * @param {number} to
 * @param {(start: number, stop: number, value: number) => void} visit
 */
export function forEachRun(values, from, to, visit) {
  for (let start = from, stop; start < to; start = stop) {
    const value = values[start];
    stop = start + 1;
    while (stop < to && values[stop] === value) stop += 1;
    visit(start, stop, value);
  }
}

/**
 * The maximal run of frames around a frame for which something holds, as [start, stop).
 * @param {number} frame  one for which it holds
 * @param {(frame: number) => boolean} holds  false outside, unless `first` and `last` limit the search
 * @param {number} [first]
 * @param {number} [last]  exclusive
 * @returns {[number, number]}
 */
export function runAround(frame, holds, first = -Infinity, last = Infinity) {
  let start = frame;
  let stop = frame + 1;
  while (start > first && holds(start - 1)) start -= 1;
  while (stop < last && holds(stop)) stop += 1;
  return [start, stop];
}

/**
 * Add a frame with its values to runs in place: the last run grows if it ends here with the same values.
 * @param {number[][]} runs  each [start, stop, ...values]
 * @param {number} frame
 * @param {...number} values
 */
export function addFrame(runs, frame, ...values) {
  const last = runs.at(-1);
  const continues = last?.[1] === frame && values.every((value, index) => last[2 + index] === value);
  if (continues) last[1] += 1;
  else runs.push([frame, frame + 1, ...values]);
}

/**
 * Write runs into labels in place; null clears.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {Run[]} runs
 */
export function applyRuns(labels, first, runs) {
  for (const [start, stop, value] of runs) {
    if (start < first || stop > first + labels.length || start >= stop) {
      throw new RangeError(`Frames [${start}, ${stop}) are not in [${first}, ${first + labels.length}).`);
    }
    labels.fill(value ?? UNLABELLED, start - first, stop - first);
  }
}

/**
 * The maximal runs of equal labels; unlabelled runs only with `gaps`, as null.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {{gaps?: boolean}} [options]
 * @returns {Run[]}
 */
export function runsOf(labels, first, { gaps = false } = {}) {
  const runs = [];
  forEachRun(labels, 0, labels.length, (start, stop, value) => {
    if (value !== UNLABELLED) runs.push([first + start, first + stop, value]);
    else if (gaps) runs.push([first + start, first + stop, null]);
  });
  return runs;
}

/**
 * The runs that would restore what `runs` are about to overwrite.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {Run[]} runs
 * @returns {Run[]}
 */
export function inverseRuns(labels, first, runs) {
  return runs.flatMap(([start, stop]) => runsOf(labels.subarray(start - first, stop - first), start, { gaps: true }));
}
