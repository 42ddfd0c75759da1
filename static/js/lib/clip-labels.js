/**
 * The labels of one clip as the annotator sees them: what the server had, plus every
 * operation that it has not acknowledged yet.
 * @typedef {import("./labels.js").Run} Run
 * @typedef {import("./operation-queue.js").Operation} Operation
 */
import { applyRuns, countLabels, inverseRuns, UNLABELLED, wouldChange } from "./labels.js";
import { UndoStack } from "./undo-stack.js";

export class ClipLabels {
  /**
   * @param {object} parts
   * @param {{start: number, stop: number}} parts.clip
   * @param {Run[]} parts.runs
   * @param {number} parts.revision
   * @param {import("./operation-queue.js").OperationQueue} parts.queue
   * @param {boolean} parts.suggestionShown
   * @param {(operation: Operation) => void} parts.onOperation
   */
  constructor({ clip, runs, revision, queue, suggestionShown, onOperation }) {
    this.start = clip.start;
    this.stop = clip.stop;
    this.revision = revision;
    this.queue = queue;
    this.suggestionShown = suggestionShown;
    this.onOperation = onOperation;
    this.undoStack = new UndoStack();
    this.values = new Int8Array(clip.stop - clip.start);
    /** Grows with every change, so that what was drawn of the labels can be kept. */
    this.version = 0;
    this.#fill(runs);
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame < this.stop;
  }

  /** @param {number} frame */
  at(frame) {
    return this.has(frame) ? this.values[frame - this.start] : UNLABELLED;
  }

  counts() {
    return countLabels(this.values);
  }

  /**
   * Label runs of frames; false when that changes nothing.
   * @param {Run[]} runs
   * @param {unknown} [gesture]
   */
  set(runs, gesture = null) {
    if (!wouldChange(this.values, this.start, runs)) return false;
    const inverse = inverseRuns(this.values, this.start, runs);
    this.undoStack.push({ id: this.#make(runs, null), runs, inverse }, gesture);
    return true;
  }

  /** Take the last gesture back; returns the first frame that it touched, or null. */
  undo() {
    return firstFrame(this.undoStack.undo((runs, undoes) => this.#make(runs, undoes)));
  }

  redo() {
    return firstFrame(this.undoStack.redo((runs, undoes) => this.#make(runs, undoes)));
  }

  /** @param {import("./operation-sender.js").Receipt} receipt */
  receive({ revision, labels }) {
    this.revision = Math.max(this.revision, revision);
    if (!labels) return;
    this.#fill(labels);
    // An inverse made on other labels would bring back what nobody chose.
    this.undoStack.clear();
  }

  #make(runs, undoes) {
    const { revision, suggestionShown } = this;
    const operation = this.queue.add({ runs, revision, undoes, suggestionShown });
    applyRuns(this.values, this.start, runs);
    this.version += 1;
    this.onOperation(operation);
    return operation.id;
  }

  #fill(runs) {
    this.values.fill(UNLABELLED);
    applyRuns(this.values, this.start, runs);
    for (const operation of this.queue.operations) applyRuns(this.values, this.start, operation.runs);
    this.version += 1;
  }
}

/** @param {import("./undo-stack.js").Change[] | null} group */
const firstFrame = (group) => group && Math.min(...group.flatMap(({ runs }) => runs.map(([start]) => start)));
