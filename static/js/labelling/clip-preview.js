/**
 * A clip as the server described it, for the first picture: shown while the page still reads the
 * operations in this browser and the current labels on the server.
 */
import { nextUnlabelled, UNLABELLED } from "../lib/labels/labels.js";
import { applyRuns } from "../lib/labels/runs.js";

export class ClipPreview {
  /** @param {{clip: {start: number, stop: number}, labels: import("../lib/labels/runs.js").Run[]}} state */
  constructor({ clip, labels }) {
    this.start = clip.start;
    this.stop = clip.stop;
    this.values = new Int8Array(clip.stop - clip.start).fill(UNLABELLED);
    applyRuns(this.values, clip.start, labels);
    /** Where the annotator continues. */
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
