/**
 * The operations that the server has not acknowledged yet, in the order in which they were
 * made. An operation keeps its id, client and sequence number for ever, so sending it twice
 * does no harm.
 * @typedef {import("../labels/labels.js").Run} Run
 * @typedef {{id: string, client: string, sequence: number, revision: number, runs: Run[],
 *   note?: {frame: number, text: string}, gesture: number, undoes: string | null, suggestion_shown: boolean, made_at: string}} Operation
 */

const BATCH_MAX = 200;
/** More than a page can have made without their being kept before it died. */
const RESUME_GAP = 1_000;

export class OperationQueue {
  /** @type {Operation[]} */
  #waiting = [];
  #inFlight = 0;
  #sequence = 0;
  #batchMax = BATCH_MAX;

  /** @param {{client: string, newId: () => string, now: () => Date}} parts */
  constructor({ client, newId, now }) {
    this.client = client;
    this.newId = newId;
    this.now = now;
  }

  get unsaved() {
    return this.#waiting.length;
  }

  /** @returns {readonly Operation[]} */
  get operations() {
    return this.#waiting;
  }

  /**
   * Go on where an earlier page of the same account stopped, as the same client: what that
   * page made and this one makes are then one history, and do not overtake each other.
   * @param {Operation[]} kept  in the order in which they were made
   */
  resume(kept) {
    if (!kept.length || this.#sequence) return;
    const last = kept[kept.length - 1];
    this.client = last.client;
    // The last ones of that page may have been saved without being kept.
    this.#sequence = last.sequence + RESUME_GAP;
    this.#waiting.unshift(...kept);
  }

  /**
   * @param {{runs: Run[], note?: {frame: number, text: string} | null, revision: number, undoes?: string | null,
   *   suggestionShown: boolean, gesture?: number | null}} made  gesture: the sequence number that it began with
   * @returns {Operation}
   */
  add({ runs, note = null, revision, undoes = null, suggestionShown, gesture = null }) {
    return this.push({
      revision,
      runs,
      ...(note && { note }),
      gesture: gesture ?? this.#sequence + 1,
      undoes,
      suggestion_shown: suggestionShown,
    });
  }

  /**
   * As `add`, for anything that is sent in this way.
   * @param {{revision: number} & object} made
   */
  push(made) {
    this.#sequence += 1;
    const made_at = this.now().toISOString();
    const operation = { id: this.newId(), client: this.client, sequence: this.#sequence, ...made, made_at };
    this.#waiting.push(operation);
    return operation;
  }

  /**
   * Take the oldest operations of one client to send; null while others are on their way.
   * @returns {{client: string, operations: Operation[]} | null}
   */
  takeBatch() {
    if (this.#inFlight || !this.#waiting.length) return null;
    const batch = this.#oldest();
    this.#inFlight = batch.operations.length;
    return batch;
  }

  /** What is still unsaved, for a last attempt while the page goes away; takes nothing. */
  peekBatch() {
    return this.#waiting.length ? this.#oldest() : null;
  }

  /**
   * Forget what the server has, or has refused; whatever else was on its way waits again.
   * @param {string[]} ids
   */
  acknowledge(ids) {
    this.#batchMax = Math.min(BATCH_MAX, 2 * this.#batchMax);
    const saved = new Set(ids);
    this.#waiting = this.#waiting.filter((operation) => !saved.has(operation.id));
    this.#inFlight = 0;
  }

  /** Nothing came back: all of it waits again, in the same order. */
  putBack() {
    this.#inFlight = 0;
  }

  /** The server does not take a batch as a whole: find out what of it. @param {number} length */
  halve(length) {
    this.putBack();
    this.#batchMax = Math.max(1, Math.floor(length / 2));
  }

  #oldest() {
    const { client } = this.#waiting[0];
    const other = this.#waiting.findIndex((operation) => operation.client !== client);
    const stop = Math.min(other < 0 ? this.#waiting.length : other, this.#batchMax);
    return { client, operations: this.#waiting.slice(0, stop) };
  }
}
