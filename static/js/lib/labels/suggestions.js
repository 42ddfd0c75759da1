/**
 * What the model suggests for the frames of a block: touches as the server derives them from
 * scores, a median of five above the threshold while the pole is in range. A blind annotator's page
 * has no suggestions.
 */
import { addFrame, runAround } from "./runs.js";

const UNSURE_LOW = 0.2;
const UNSURE_HIGH = 0.8;
const HALF = 2;

export class Suggestions {
  /**
   * @param {Float32Array} scores  of the block's frames, raw
   * @param {number} start  the block's first frame
   * @param {number} threshold
   * @param {[number, number][] | null} [inRange]  frames with the pole in range; null: unknown
   */
  constructor(scores, start, threshold, inRange = null) {
    this.scores = scores;
    this.start = start;
    this.touch = touchMask(scores, threshold);
    if (inRange) this.#clearOutside(inRange);
  }

  #clearOutside(inRange) {
    const isInRange = (frame) => inRange.some(([onset, offset]) => onset <= frame && frame < offset);
    this.touch.forEach((_, index) => { if (!isInRange(this.start + index)) this.touch[index] = 0; });
  }

  get stop() {
    return this.start + this.scores.length;
  }

  /** @param {number} frame */
  isTouch(frame) {
    return this.touch[frame - this.start] === 1;
  }

  /** Whether the score is near neither 0 nor 1. @param {number} frame */
  isUnsure(frame) {
    const score = this.scores[frame - this.start];
    return score > UNSURE_LOW && score < UNSURE_HIGH;
  }

  /** The suggested touch around a frame as [onset, offset), or null. @param {number} frame */
  touchAt(frame) {
    return this.isTouch(frame) ? runAround(frame, (each) => this.isTouch(each)) : null;
  }
}

/**
 * Beyond the block scores count as 0, as they do beyond a trial. A clip's own frames lie
 * farther inside than the median reaches, or at the trial's end.
 */
function touchMask(scores, threshold) {
  const above = Math.fround(threshold);
  const mask = new Uint8Array(scores.length);
  // The median of five is above the threshold where three of the five are.
  let count = 0;
  for (let i = 0; i < Math.min(HALF, scores.length); i += 1) count += scores[i] > above ? 1 : 0;
  for (let i = 0; i < scores.length; i += 1) {
    if (i + HALF < scores.length && scores[i + HALF] > above) count += 1;
    if (i > HALF && scores[i - HALF - 1] > above) count -= 1;
    mask[i] = count > HALF ? 1 : 0;
  }
  return mask;
}

/**
 * The runs that accept the suggestion on frames [start, stop): only on frames without a label, so
 * that no human label is overwritten.
 * @param {import("./clip-labels.js").ClipLabels} labels
 * @param {Suggestions} suggestions
 * @param {number} start
 * @param {number} stop
 * @returns {import("./runs.js").Run[]}
 */
export function acceptedRuns(labels, suggestions, start, stop) {
  const runs = [];
  for (let frame = Math.max(start, labels.start); frame < Math.min(stop, labels.stop); frame += 1) {
    if (!labels.isLabelled(frame)) addFrame(runs, frame, suggestions.isTouch(frame) ? 1 : 0);
  }
  return runs;
}
