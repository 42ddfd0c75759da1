/** Frames to positions on the timeline and back. `start` and `stop` are frames, `width` is in px. */
export class TimelineScale {
  /**
   * @param {number} start
   * @param {number} stop
   * @param {number} width
   */
  constructor(start, stop, width) {
    this.start = start;
    this.stop = stop;
    this.width = width;
    this.pixelsPerFrame = width / (stop - start);
  }

  /** The left edge of a frame. @param {number} frame */
  x(frame) {
    return (frame - this.start) * this.pixelsPerFrame;
  }

  /** The frame at a position, limited to existing ones. @param {number} x */
  frame(x) {
    const frame = this.start + Math.floor(x / this.pixelsPerFrame);
    return Math.min(this.stop - 1, Math.max(this.start, frame));
  }

  /** Round frame numbers, at least `gap` px apart. @param {number} gap */
  ticks(gap) {
    const atLeast = gap / this.pixelsPerFrame;
    const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= atLeast);
    const ticks = [];
    for (let tick = Math.ceil(this.start / step) * step; tick < this.stop; tick += step) ticks.push(tick);
    return ticks;
  }
}

/**
 * The lowest and the highest score in each column of pixels, so that a peak of one frame
 * stays visible when a pixel covers ten.
 * @param {Float32Array} scores
 * @param {number} columns
 * @returns {{low: Float32Array, high: Float32Array}}
 */
export function envelope(scores, columns) {
  const low = new Float32Array(columns);
  const high = new Float32Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * scores.length) / columns);
    const to = Math.max(from + 1, Math.ceil(((column + 1) * scores.length) / columns));
    low[column] = high[column] = scores[from];
    for (let i = from + 1; i < to; i += 1) {
      if (scores[i] < low[column]) low[column] = scores[i];
      if (scores[i] > high[column]) high[column] = scores[i];
    }
  }
  return { low, high };
}

/** The value of a column without frames of the clip. */
export const OUTSIDE = -2;
/** Which label a column shows if its frames differ: touch, unsure, no label, not touch. */
const WEIGHTS = { [-1]: 1, 0: 0, 1: 3, 2: 2 };
const WEIGHT = Int8Array.from({ length: 4 }, (_, value) => WEIGHTS[value - 1]);

/**
 * One label for each column of pixels, written into `out` from column `from` to before `to`.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {TimelineScale} scale
 * @param {Int8Array} out
 * @param {number} from
 * @param {number} to
 */
export function labelColumns(labels, first, scale, out, from, to) {
  for (let column = from; column < to; column += 1) {
    const start = Math.floor(scale.start + column / scale.pixelsPerFrame) - first;
    const stop = Math.max(start + 1, Math.ceil(scale.start + (column + 1) / scale.pixelsPerFrame) - first);
    let shown = OUTSIDE;
    for (let i = Math.max(0, start); i < Math.min(stop, labels.length); i += 1) {
      if (shown === OUTSIDE || WEIGHT[labels[i] + 1] > WEIGHT[shown + 1]) shown = labels[i];
    }
    out[column] = shown;
  }
}
