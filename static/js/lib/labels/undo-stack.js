/**
 * What can be undone and redone, without limit. A group is the changes of one gesture: a painted
 * stroke is one group of many operations.
 * @typedef {{runs: import("./runs.js").Run[], note?: {frame: number, text: string} | null}} Edit
 * @typedef {{id: string, edit: Edit, inverse: Edit}} Change
 * @typedef {{change: Change, undoes: string | null, gesture: string | null}} Step
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

  /** Whether a change of this gesture would be undone with the last one. @param {unknown} gesture */
  joins(gesture) {
    return gesture !== null && gesture === this.#gesture && this.canUndo;
  }

  /**
   * @param {Change} change
   * @param {unknown} [gesture]  changes of the same gesture in a row are undone together
   */
  push(change, gesture = null) {
    if (this.joins(gesture)) this.#done[this.#done.length - 1].push(change);
    else this.#done.push([change]);
    this.#gesture = gesture;
    this.#undone = [];
  }

  /**
   * @param {(edit: Edit, undoes: string) => string} make  makes an operation, returns its id
   * @returns {Change[] | null}  what was undone
   */
  undo(make) {
    return this.#move(this.#done, this.#undone, make);
  }

  /** @param {(edit: Edit, undoes: string) => string} make */
  redo(make) {
    return this.#move(this.#undone, this.#done, make);
  }

  /** Forget everything: the labels were replaced. */
  clear() {
    this.#done = [];
    this.#undone = [];
    this.#gesture = null;
  }

  /**
   * Add the operations of earlier pages below those of this page.
   * @param {Step[]} steps  in the order in which they were made
   */
  recall(steps) {
    const earlier = new UndoStack();
    for (const group of gesturesOf(steps)) earlier.#replay(group);
    const isFresh = !this.canUndo && !this.canRedo;
    this.#done.unshift(...earlier.#done);
    if (isFresh) this.#undone = earlier.#undone;
  }

  /** Replay a gesture of the log. @param {Step[]} group */
  #replay(group) {
    const changes = group.map(({ change }) => change);
    const { undoes } = group[0];
    if (undoes === null) {
      this.#done.push(changes);
      this.#undone = [];
    } else if (isTop(this.#done, undoes)) {
      this.#done.pop();
      this.#undone.push(changes);
    } else if (isTop(this.#undone, undoes)) {
      this.#undone.pop();
      this.#done.push(changes);
    } else {
      this.clear();
    }
  }

  #move(source, target, make) {
    const group = source.pop();
    if (!group) return null;
    this.#gesture = null;
    const reverse = ({ id, edit, inverse }) => ({ id: make(inverse, id), edit: inverse, inverse: edit });
    target.push(group.toReversed().map(reverse));
    return group;
  }
}

const isTop = (stack, id) => stack.length > 0 && stack[stack.length - 1].some((change) => change.id === id);

function gesturesOf(steps) {
  const groups = [];
  let before = null;
  for (const step of steps) {
    if (step.gesture !== null && step.gesture === before) groups[groups.length - 1].push(step);
    else groups.push([step]);
    before = step.gesture;
  }
  return groups;
}
