/**
 * Operations that the server did not make labels of, beside what is saved on their frames.
 * @typedef {import("../labels/labels.js").Run} Run
 * @typedef {import("../../saving/operation-store.js").Aside} Aside
 */
import { applyRuns } from "../labels/labels.js";

const UNTOUCHED = -2;

/** @param {Aside[]} aside */
export const editsOf = (aside) => aside.map(({ operation: { runs, note = null } }) => ({ runs, note }));

/**
 * What of runs lies in a clip and is a label.
 * @param {Run[]} runs
 * @param {{start: number, stop: number}} clip
 * @returns {Run[]}
 */
export function runsWithin(runs, { start: first, stop: last }) {
  return runs
    .map(([start, stop, value]) => [Math.max(start, first), Math.min(stop, last), value])
    .filter(([start, stop, value]) => start < stop && [null, 0, 1, 2].includes(value));
}

/**
 * Stretches of frames on which mine is not what is saved: [start, stop, mine, saved].
 * @param {Aside[]} aside
 * @param {{start: number, stop: number, values: Int8Array}} labels
 * @returns {[number, number, number, number][]}
 */
export function differences(aside, { start: first, stop: last, values }) {
  const mine = new Int8Array(values.length).fill(UNTOUCHED);
  for (const { runs } of editsOf(aside)) applyRuns(mine, first, runsWithin(runs, { start: first, stop: last }));
  const stretches = [];
  for (let i = 0; i < mine.length; i += 1) {
    if (mine[i] === UNTOUCHED || mine[i] === values[i]) continue;
    const before = stretches.at(-1);
    const goesOn = before && before[1] === first + i && before[2] === mine[i] && before[3] === values[i];
    if (goesOn) before[1] += 1;
    else stretches.push([first + i, first + i + 1, mine[i], values[i]]);
  }
  return stretches;
}

/** Those that belong into one question: each refusal's own sentence, all that was overtaken. @param {Aside[]} aside */
export function questions(aside) {
  const groups = new Map();
  for (const each of aside) {
    const key = `${each.kind} ${each.error}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

