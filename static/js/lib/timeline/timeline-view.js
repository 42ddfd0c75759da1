/** Which frames the timeline shows: all of them, or some around the place where one works. */
const SPAN_MIN = 20;
/** How near to the edge the cursor may come, as a part of what is shown. */
const MARGIN = 0.08;

export class TimelineView {
  /** @param {number} start @param {number} stop  the block's frames, half-open */
  constructor(start, stop) {
    this.first = start;
    this.last = stop;
    this.start = start;
    this.stop = stop;
  }

  get isWhole() {
    return this.start === this.first && this.stop === this.last;
  }

  /**
   * Show less or more of the clip; the frame stays where it is.
   * @param {number} factor  above 1: closer
   * @param {number} frame
   */
  zoom(factor, frame) {
    const whole = this.last - this.first;
    const before = this.stop - this.start;
    const span = Math.round(Math.min(whole, Math.max(Math.min(SPAN_MIN, whole), before / factor)));
    const share = Math.min(1, Math.max(0, (frame - this.start) / before));
    this.#place(Math.round(frame - share * span), span);
  }

  /** @param {number} frames */
  pan(frames) {
    this.#place(this.start + Math.round(frames), this.stop - this.start);
  }

  /** Bring a frame into view, in its middle; true when that changed what is shown. @param {number} frame */
  follow(frame) {
    const { start, stop } = this;
    const span = stop - start;
    const margin = Math.floor(span * MARGIN);
    const isSeen = frame >= start + (start > this.first ? margin : 0) && frame < stop - (stop < this.last ? margin : 0);
    if (!isSeen) this.#place(frame - Math.floor(span / 2), span);
    return this.start !== start;
  }

  #place(start, span) {
    this.start = Math.min(this.last - span, Math.max(this.first, start));
    this.stop = this.start + span;
  }
}
