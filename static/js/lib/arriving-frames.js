/**
 * Frames that arrive piece by piece, each as what differs from the frame before it, modulo
 * 256. What has arrived is whole frames that can be drawn, however the pieces were cut.
 */
export class ArrivingFrames {
  /** Frames that are whole. */
  count = 0;
  #bytes = 0;

  /** @param {number} nFrames @param {number} framePixels */
  constructor(nFrames, framePixels) {
    this.framePixels = framePixels;
    this.pixels = new Uint8Array(nFrames * framePixels);
  }

  get complete() {
    return this.#bytes === this.pixels.length;
  }

  /** @param {Uint8Array} piece */
  push(piece) {
    const { pixels, framePixels } = this;
    const from = this.#bytes;
    const to = from + piece.length;
    if (to > pixels.length) throw new RangeError(`Expected ${pixels.length} bytes, found more.`);
    pixels.set(piece, from);
    // Stores to a Uint8Array wrap around by themselves.
    for (let i = Math.max(from, framePixels); i < to; i += 1) pixels[i] += pixels[i - framePixels];
    this.#bytes = to;
    this.count = Math.floor(to / framePixels);
  }

  /** Say so when the stream ended early. */
  end() {
    if (!this.complete) throw new RangeError(`Expected ${this.pixels.length} bytes, found ${this.#bytes}.`);
  }
}
