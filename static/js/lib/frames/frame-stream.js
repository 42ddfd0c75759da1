/**
 * Frames that arrive in pieces, encoded in runs: the first frame of a run as it is, every other one
 * as the difference from the previous frame, modulo 256. A run is decoded when one of its frames is
 * first used, so that thousands of frames cost nothing while they arrive.
 */
export class FrameStream {
  /** How many frames have arrived whole. */
  count = 0;
  #bytes = 0;
  /** How many frames of each run are decoded. */
  #decoded;

  /** @param {{nFrames: number, framePixels: number, runFrames: number}} shape */
  constructor({ nFrames, framePixels, runFrames }) {
    Object.assign(this, { framePixels, runFrames });
    /** Differences, except in decoded runs. */
    this.bytes = new Uint8Array(nFrames * framePixels);
    this.#decoded = new Int32Array(Math.ceil(nFrames / runFrames));
  }

  get complete() {
    return this.#bytes === this.bytes.length;
  }

  /** @param {Uint8Array} piece */
  push(piece) {
    const { bytes, framePixels } = this;
    if (this.#bytes + piece.length > bytes.length) throw new RangeError(`Got more than ${bytes.length} bytes.`);
    bytes.set(piece, this.#bytes);
    this.#bytes += piece.length;
    this.count = Math.floor(this.#bytes / framePixels);
  }

  /** Throw if the stream ended early. */
  end() {
    if (!this.complete) throw new RangeError(`Got ${this.#bytes} bytes instead of ${this.bytes.length}.`);
  }

  /**
   * The pixels of all frames; those of [start, stop) are decoded. They must have arrived.
   * @param {number} start
   * @param {number} stop
   */
  pixels(start, stop) {
    const { runFrames } = this;
    const last = Math.floor((stop - 1) / runFrames);
    for (let run = Math.floor(start / runFrames); run <= last; run += 1) {
      const needed = Math.min(stop - run * runFrames, runFrames);
      if (this.#decoded[run] < needed) this.#decode(run);
    }
    return this.bytes;
  }

  #decode(run) {
    const { bytes, framePixels, runFrames } = this;
    const first = run * runFrames;
    const arrived = Math.min(this.count - first, runFrames);
    const from = (first + Math.max(1, this.#decoded[run])) * framePixels;
    const to = (first + arrived) * framePixels;
    // A Uint8Array wraps around at 256.
    for (let i = from; i < to; i += 1) bytes[i] += bytes[i - framePixels];
    this.#decoded[run] = arrived;
  }
}
