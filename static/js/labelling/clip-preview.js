/**
 * A clip as the server described it, for its first picture: it is on the screen while the page
 * still finds out what this browser kept and what was labelled since.
 */
import { applyRuns, nextUnlabelled, UNLABELLED } from "../lib/labels/labels.js";

export class FirstLook {
  /** @param {{clip: {start: number, stop: number}, labels: import("../lib/labels/labels.js").Run[]}} state */
  constructor({ clip, labels }) {
    this.start = clip.start;
    this.stop = clip.stop;
    this.values = new Int8Array(clip.stop - clip.start).fill(UNLABELLED);
    applyRuns(this.values, clip.start, labels);
    /** Where the annotator goes on. */
    this.frame = nextUnlabelled(this.values, clip.start, -1) ?? clip.start;
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame < this.stop;
  }

  /** @param {number} frame */
  at(frame) {
    return this.has(frame) ? this.values[frame - this.start] : UNLABELLED;
  }

  isMarked() {
    return false;
  }
}
