/**
 * The labels and notes of one clip as the annotator sees them: those of the server plus every
 * operation that it has not acknowledged yet.
 * @typedef {import("./runs.js").Run} Run
 * @typedef {import("../saving/operation-queue.js").Operation} Operation
 * @typedef {import("./undo-stack.js").Edit} Edit
 * @typedef {{id: string, client: string, revision: number, gesture: number | null, runs: Run[],
 *   note: {frame: number, text: string} | null, undoes: string | null}} LogEntry
 */
import { countLabels, UNLABELLED, wouldChange } from "./labels.js";
import { applyRuns, inverseRuns } from "./runs.js";
import { UndoStack } from "./undo-stack.js";

export class ClipLabels {
  /** The first frame of the range that the next label fills, or null. @type {number | null} */
  mark = null;
  /** The frames [start, stop) that the last change of `version` relabelled; empty: any may have changed. */
  changedStart = 0;
  changedStop = 0;
  /** Another tab labels this clip: read-only here. */
  frozen = false;
  #gesture = null;

  /**
   * @param {object} parts
   * @param {{start: number, stop: number}} parts.clip
   * @param {Run[]} parts.runs
   * @param {[number, string][]} [parts.notes]  frame and text
   * @param {number} parts.revision
   * @param {import("../saving/operation-queue.js").OperationQueue} parts.queue
   * @param {boolean} parts.suggestionShown
   * @param {(operation: Operation) => void} parts.onOperation
   */
  constructor({ clip, runs, notes = [], revision, queue, suggestionShown, onOperation }) {
    this.start = clip.start;
    this.stop = clip.stop;
    this.revision = revision;
    this.openedAt = revision;
    this.queue = queue;
    this.resumed = [...queue.operations];
    this.suggestionShown = suggestionShown;
    this.onOperation = onOperation;
    this.undoStack = new UndoStack();
    /** Whether the operations of earlier pages are being fetched. */
    this.isRecalling = false;
    this.isRecalled = false;
    this.values = new Int8Array(clip.stop - clip.start);
    /** @type {Map<number, string>} */
    this.notes = new Map();
    /** Grows with every change: drawings of an equal version are up to date. */
    this.version = 0;
    this.#fill(runs, notes);
  }

  /** @param {number} frame */
  has(frame) {
    return frame >= this.start && frame < this.stop;
  }

  /** @param {number} frame */
  at(frame) {
    return this.has(frame) ? this.values[frame - this.start] : UNLABELLED;
  }

  /** @param {number} frame */
  isLabelled(frame) {
    return this.at(frame) !== UNLABELLED;
  }

  /** The frames [start, stop) that a label fills now, whichever end is marked. @param {number} frame */
  markedRange(frame) {
    if (this.mark === null) return [frame, frame + 1];
    const end = Math.min(this.stop - 1, Math.max(this.start, frame));
    return [Math.min(this.mark, end), Math.max(this.mark, end) + 1];
  }

  /**
   * Whether a frame lies between the start of the range and the cursor.
   * @param {number} frame
   * @param {number} cursor
   */
  isMarked(frame, cursor) {
    return this.mark !== null && (frame >= this.mark ? frame <= Math.max(this.mark, cursor) : frame >= cursor);
  }

  counts() {
    return countLabels(this.values);
  }

  /**
   * Label runs of frames; false if that changes nothing.
   * @param {Run[]} runs
   * @param {unknown} [gesture]
   */
  set(runs, gesture = null) {
    if (this.frozen || !runs.length || !wouldChange(this.values, this.start, runs)) return false;
    this.#do({ runs, note: null }, gesture);
    return true;
  }

  /**
   * Write a note on a frame of the clip; an empty text removes it. False if nothing changes.
   * @param {number} frame
   * @param {string} text
   */
  setNote(frame, text) {
    if (this.frozen || (this.notes.get(frame) ?? "") === text) return false;
    this.#do({ runs: [], note: { frame, text } }, null);
    return true;
  }

  /** Undo the last gesture; returns the first frame that it changed, or null. */
  undo() {
    return this.#reverse("undo");
  }

  redo() {
    return this.#reverse("redo");
  }

  /** @param {import("../saving/operation-sender.js").Receipt} receipt */
  receive({ revision, labels, notes }) {
    this.revision = Math.max(this.revision, revision);
    if (!labels) return;
    this.#fill(labels, notes ?? [...this.notes]);
    // Inverses of the replaced labels would restore labels that no annotator chose.
    this.undoStack.clear();
    this.isRecalling = false;
  }

  /**
   * Make the operations of earlier pages undoable: the clip's log up to the revision this page opened.
   * @param {LogEntry[]} log  operations that count, in their order
   */
  recall(log) {
    if (!this.isRecalling) return;
    this.isRecalling = false;
    const before = log.filter(({ revision }) => revision <= this.openedAt);
    const known = new Set(before.map(({ id }) => id));
    const stored = this.resumed.filter(({ id }) => !known.has(id));
    const values = new Int8Array(this.values.length).fill(UNLABELLED);
    const notes = new Map();
    const steps = [...before, ...stored].map(({ id, client, gesture = null, runs, note = null, undoes }) => {
      const edit = { runs, note };
      const inverse = inverseOf(edit, values, this.start, notes);
      apply(edit, values, this.start, notes);
      return { change: { id, edit, inverse }, undoes, gesture: gesture === null ? null : `${client} ${gesture}` };
    });
    this.undoStack.recall(steps);
  }

  #do(edit, gesture) {
    const inverse = inverseOf(edit, this.values, this.start, this.notes);
    if (!this.undoStack.joins(gesture)) this.#gesture = null;
    this.undoStack.push({ id: this.#make(edit, null), edit, inverse }, gesture);
  }

  #reverse(way) {
    if (this.frozen) return null;
    this.#gesture = null;
    const group = this.undoStack[way]((edit, undoes) => this.#make(edit, undoes));
    this.#gesture = null;
    return group && Math.min(...group.flatMap(({ edit }) => framesOf(edit)));
  }

  #make(edit, undoes) {
    const { revision, suggestionShown } = this;
    const operation = this.queue.add({ ...edit, revision, undoes, suggestionShown, gesture: this.#gesture });
    this.#gesture = operation.gesture;
    apply(edit, this.values, this.start, this.notes);
    this.#changed(edit.runs);
    this.onOperation(operation);
    return operation.id;
  }

  #fill(runs, notes) {
    this.values.fill(UNLABELLED);
    this.notes = new Map(notes);
    applyRuns(this.values, this.start, runs);
    for (const operation of this.queue.operations) apply(operation, this.values, this.start, this.notes);
    // Notes may have changed too: a change without runs redraws everything.
    this.#changed([]);
  }

  #changed(runs) {
    this.changedStart = runs.reduce((least, [start]) => Math.min(least, start), this.stop);
    this.changedStop = runs.reduce((most, [, stop]) => Math.max(most, stop), this.start);
    this.version += 1;
  }
}

/** Where an edit begins: the first frame of each run, and the note's frame. @param {Edit} edit */
function framesOf({ runs, note }) {
  return [...runs.map(([start]) => start), ...(note ? [note.frame] : [])];
}

/** @param {Edit} edit @param {Int8Array} values @param {number} first @param {Map<number, string>} notes */
function apply({ runs, note }, values, first, notes) {
  applyRuns(values, first, runs);
  if (!note) return;
  if (note.text) notes.set(note.frame, note.text);
  else notes.delete(note.frame);
}

/** @returns {Edit} */
function inverseOf({ runs, note }, values, first, notes) {
  return {
    runs: inverseRuns(values, first, runs),
    note: note ? { frame: note.frame, text: notes.get(note.frame) ?? "" } : null,
  };
}
