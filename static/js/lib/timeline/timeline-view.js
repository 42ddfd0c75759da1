/** Which frames the timeline shows: all of them, or some around the current frame. */
const SPAN_MIN = 20;
/** How near to the edge the cursor may come, as a fraction of the shown frames. */
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
   * Show less or more of the clip; the frame keeps its position.
   * @param {number} factor  above 1: closer
   * @param {number} frame
   */
  zoom(factor, frame) {
    const whole = this.last - this.first;
    const before = this.stop - this.start;
    const span = Math.round(Math.min(whole, Math.max(Math.min(SPAN_MIN, whole), before / factor)));
    const fraction = Math.min(1, Math.max(0, (frame - this.start) / before));
    this.#move(Math.round(frame - fraction * span), span);
  }

  /** @param {number} frames */
  pan(frames) {
    this.#move(this.start + Math.round(frames), this.stop - this.start);
  }

  /** Center the view on a frame that is outside; true if the view changed. @param {number} frame */
  follow(frame) {
    const { start, stop } = this;
    const span = stop - start;
    const margin = Math.floor(span * MARGIN);
    const [from, to] = [start > this.first ? start + margin : start, stop < this.last ? stop - margin : stop];
    const isSeen = frame >= from && frame < to;
    if (!isSeen) this.#move(frame - Math.floor(span / 2), span);
    return this.start !== start;
  }

  #move(start, span) {
    this.start = Math.min(this.last - span, Math.max(this.first, start));
    this.stop = this.start + span;
  }
}
