/**
 * Which sheets of decoded frames are held: the least recently used gives its place, so that a
 * clip of 10,000 frames costs no more memory than one of 1,000.
 */
export class SheetCache {
  /** @type {Map<number, number>} sheet to place, least recently used first */
  #places = new Map();

  /** @param {number} capacity */
  constructor(capacity) {
    this.capacity = capacity;
  }

  /**
   * The place that holds a sheet; `isNew` says that it must be filled first.
   * @param {number} sheet
   */
  place(sheet) {
    let place = this.#places.get(sheet);
    const isNew = place === undefined;
    if (isNew) place = this.#freePlace();
    else this.#places.delete(sheet);
    this.#places.set(sheet, place);
    return { place, isNew };
  }

  /** Forget everything, because the frames must be drawn otherwise. */
  clear() {
    this.#places.clear();
  }

  #freePlace() {
    if (this.#places.size < this.capacity) return this.#places.size;
    const [oldest, place] = this.#places.entries().next().value;
    this.#places.delete(oldest);
    return place;
  }
}
