/**
 * Frames that arrive piece by piece, in runs: the first frame of a run as it is, each other as
 * what differs from the frame before it, modulo 256. Differences are added up when a frame is
 * wanted, a run at a time, so that thousands of frames cost nothing while they arrive.
 */
export class ArrivingFrames {
  /** Frames that are whole. */
  count = 0;
  #bytes = 0;
  /** In each run, the frames that have been added up. */
  #added;

  /** @param {{nFrames: number, framePixels: number, runFrames: number}} shape */
  constructor({ nFrames, framePixels, runFrames }) {
    Object.assign(this, { framePixels, runFrames });
    /** Differences, except where `pixels` was asked for. */
    this.bytes = new Uint8Array(nFrames * framePixels);
    this.#added = new Int32Array(Math.ceil(nFrames / runFrames));
  }

  get complete() {
    return this.#bytes === this.bytes.length;
  }

  /** @param {Uint8Array} piece */
  push(piece) {
    const { bytes, framePixels } = this;
    if (this.#bytes + piece.length > bytes.length) throw new RangeError(`Expected ${bytes.length} bytes, found more.`);
    bytes.set(piece, this.#bytes);
    this.#bytes += piece.length;
    this.count = Math.floor(this.#bytes / framePixels);
  }

  /** Say so when the stream ended early. */
  end() {
    if (!this.complete) throw new RangeError(`Expected ${this.bytes.length} bytes, found ${this.#bytes}.`);
  }

  /**
   * The pixels of all frames, of which those in [start, stop) can be used. They have arrived.
   * @param {number} start
   * @param {number} stop
   */
  pixels(start, stop) {
    const { runFrames } = this;
    const last = Math.floor((stop - 1) / runFrames);
    for (let run = Math.floor(start / runFrames); run <= last; run += 1) {
      const needed = Math.min(stop - run * runFrames, runFrames);
      if (this.#added[run] < needed) this.#add(run);
    }
    return this.bytes;
  }

  #add(run) {
    const { bytes, framePixels, runFrames } = this;
    const first = run * runFrames;
    const arrived = Math.min(this.count - first, runFrames);
    const from = (first + Math.max(1, this.#added[run])) * framePixels;
    const to = (first + arrived) * framePixels;
    // Stores to a Uint8Array wrap around by themselves.
    for (let i = from; i < to; i += 1) bytes[i] += bytes[i - framePixels];
    this.#added[run] = arrived;
  }
}
