/**
 * Operations that the server did not apply, compared with the saved labels of their frames.
 * @typedef {import("../labels/runs.js").Run} Run
 * @typedef {import("../../saving/operation-store.js").UnappliedOperation} UnappliedOperation
 */
import { addFrame, applyRuns } from "../labels/runs.js";

const UNTOUCHED = -2;

/** @param {UnappliedOperation[]} unapplied */
export const edits = (unapplied) => unapplied.map(({ operation: { runs, note = null } }) => ({ runs, note }));

/**
 * The parts of runs that lie in a clip and hold a known label.
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
 * Runs of frames on which the unapplied labels differ from the saved ones: [start, stop, mine, saved].
 * @param {UnappliedOperation[]} unapplied
 * @param {{start: number, stop: number, values: Int8Array}} labels
 * @returns {[number, number, number, number][]}
 */
export function differences(unapplied, { start: first, stop: last, values }) {
  const mine = new Int8Array(values.length).fill(UNTOUCHED);
  for (const { runs } of edits(unapplied)) applyRuns(mine, first, runsWithin(runs, { start: first, stop: last }));
  const found = [];
  for (let i = 0; i < mine.length; i += 1) {
    if (mine[i] !== UNTOUCHED && mine[i] !== values[i]) addFrame(found, first + i, mine[i], values[i]);
  }
  return found;
}

/**
 * One group for each error message of the server, and one for all overtaken operations.
 * @param {UnappliedOperation[]} unapplied
 */
export function groupByReason(unapplied) {
  const groups = new Map();
  for (const each of unapplied) {
    const key = `${each.kind} ${each.error}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}
