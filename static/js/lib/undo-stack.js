/**
 * What can be undone and done again, without end. A group is what one gesture did: a painted
 * stroke is one group of many operations.
 * @typedef {import("./labels.js").Run} Run
 * @typedef {{id: string, runs: Run[], inverse: Run[]}} Change
 */
export class UndoStack {
  /** @type {Change[][]} */
  #done = [];
  /** @type {Change[][]} */
  #undone = [];
  #gesture = null;

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /**
   * @param {Change} change
   * @param {unknown} [gesture]  changes of the same gesture in a row are undone together
   */
  push(change, gesture = null) {
    const joins = gesture !== null && gesture === this.#gesture && this.canUndo;
    if (joins) this.#done[this.#done.length - 1].push(change);
    else this.#done.push([change]);
    this.#gesture = gesture;
    this.#undone = [];
  }

  /**
   * @param {(runs: Run[], undoes: string) => string} make  makes an operation, returns its id
   * @returns {Change[] | null}  what was undone
   */
  undo(make) {
    return this.#move(this.#done, this.#undone, make);
  }

  /** @param {(runs: Run[], undoes: string) => string} make */
  redo(make) {
    return this.#move(this.#undone, this.#done, make);
  }

  /** Forget everything: the labels have changed under it. */
  clear() {
    this.#done = [];
    this.#undone = [];
    this.#gesture = null;
  }

  #move(source, target, make) {
    const group = source.pop();
    if (!group) return null;
    this.#gesture = null;
    const reversed = group.toReversed().map(({ id, runs, inverse }) => ({ id: make(inverse, id), runs: inverse, inverse: runs }));
    target.push(reversed);
    return group;
  }
}
