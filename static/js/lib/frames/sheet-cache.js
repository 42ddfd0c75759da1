/**
 * Which sheets of decoded frames are held: the least recently used gives its place, so that a
 * clip of 10,000 frames costs no more memory than one of 1,000. Asking makes no garbage.
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
   * The place that holds a sheet, or -1.
   * @param {number} sheet
   */
  find(sheet) {
    const place = this.#sheets.indexOf(sheet);
    if (place >= 0) this.#used[place] = this.#clock += 1;
    return place;
  }

  /**
   * A place for a sheet that has none: a free one, else that of the least recently used.
   * @param {number} sheet
   */
  take(sheet) {
    let oldest = 0;
    for (let place = 1; place < this.#used.length; place += 1) {
      if (this.#used[place] < this.#used[oldest]) oldest = place;
    }
    this.#sheets[oldest] = sheet;
    this.#used[oldest] = this.#clock += 1;
    return oldest;
  }

  /** Forget everything, because the frames must be drawn otherwise. */
  clear() {
    this.#sheets.fill(-1);
    this.#used.fill(0);
  }
}
