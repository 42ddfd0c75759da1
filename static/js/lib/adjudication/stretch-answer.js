/**
 * An adjudicator's answer for one stretch, until it is sent: taken from a lane or painted.
 * Labels are arrays as in labels.js. The filmstrip draws it like a clip's labels.
 */
import { UNLABELLED, UNSURE } from "../labels/labels.js";

export class StretchAnswer {
  /**
   * @param {object} stretch
   * @param {number} stretch.start
   * @param {number} stretch.stop
   * @param {{start: number}} stretch.window  the frames of the lanes
   * @param {number[][]} stretch.lanes
   * @param {{values: number[]} | null} stretch.settled
   */
  constructor({ start, stop, window, lanes, settled }) {
    Object.assign(this, { start, stop, lanesStart: window.start });
    this.agreed = Int8Array.from({ length: stop - start }, (_, i) => agreedLabel(lanes, start + i - window.start));
    this.values = settled ? Int8Array.from(settled.values) : this.agreed.slice();
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame < this.stop;
  }

  /** @param {number} frame */
  at(frame) {
    return this.has(frame) ? this.values[frame - this.start] : UNLABELLED;
  }

  /** An adjudicator marks no ranges. */
  isMarked() {
    return false;
  }

  /**
   * Take a lane's labels; frames without a label keep their answer.
   * @param {number[]} lane
   * @param {{open?: boolean}} [options]  open: unsure in the lane means undecided
   */
  take(lane, { open = false } = {}) {
    for (let frame = this.start; frame < this.stop; frame += 1) {
      const value = lane[frame - this.lanesStart];
      if (value !== UNLABELLED && !(open && value === UNSURE)) this.values[frame - this.start] = value;
    }
  }

  /** @param {number} frame @param {number} value @returns {boolean} whether the frame is in the stretch */
  paint(frame, value) {
    if (this.has(frame)) this.values[frame - this.start] = value;
    return this.has(frame);
  }

  /** Discard what was taken and painted. */
  startOver() {
    this.values.set(this.agreed);
  }

  /** The first frame without an answer, or null. @returns {number | null} */
  get gap() {
    const index = this.values.indexOf(UNLABELLED);
    return index < 0 ? null : this.start + index;
  }
}

/** The label on which all annotators of a frame agree, else no label. */
function agreedLabel(lanes, index) {
  const labels = new Set(lanes.map((lane) => lane[index]).filter((value) => value !== UNLABELLED));
  return labels.size === 1 ? [...labels][0] : UNLABELLED;
}
