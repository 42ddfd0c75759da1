/**
 * Which slot holds which sheet of decoded frames. A new sheet replaces the least recently used one,
 * so that a clip of 10,000 frames needs no more memory than one of 1,000. Look-ups make no garbage.
 */
export class SheetCache {
  #sheets;
  #used;
  #clock = 0;

  /** @param {number} capacity */
  constructor(capacity) {
    this.#sheets = new Int32Array(capacity).fill(-1);
    this.#used = new Float64Array(capacity);
  }

  /**
   * The slot of a sheet, or -1.
   * @param {number} sheet
   */
  find(sheet) {
    const slot = this.#sheets.indexOf(sheet);
    if (slot >= 0) this.#used[slot] = this.#clock += 1;
    return slot;
  }

  /**
   * A slot for a sheet that has none: a free one, else that of the least recently used sheet.
   * @param {number} sheet
   */
  take(sheet) {
    let oldest = 0;
    for (let slot = 1; slot < this.#used.length; slot += 1) {
      if (this.#used[slot] < this.#used[oldest]) oldest = slot;
    }
    this.#sheets[oldest] = sheet;
    this.#used[oldest] = this.#clock += 1;
    return oldest;
  }

  /** Free all slots: the frames must be decoded again. */
  clear() {
    this.#sheets.fill(-1);
    this.#used.fill(0);
  }
}
