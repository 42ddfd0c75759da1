/**
 * The operations that the server has not acknowledged yet, oldest first. An operation's id, client
 * and sequence number never change, so sending it twice does no harm.
 * @typedef {import("../labels/runs.js").Run} Run
 * @typedef {{id: string, client: string, sequence: number, revision: number, runs: Run[],
 *   note?: {frame: number, text: string}, gesture: number, undoes: string | null, suggestion_shown: boolean,
 *   made_at: string}} Operation
 */

const BATCH_MAX = 200;
/** More operations than a page can make before they are stored. */
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
   * Continue an earlier page of the same account, as the same client: the operations of both
   * pages are then one history, and do not overtake each other.
   * @param {Operation[]} stored  oldest first
   */
  resume(stored) {
    if (!stored.length || this.#sequence) return;
    const last = stored[stored.length - 1];
    this.client = last.client;
    // The last operations of that page may be on the server without having been stored.
    this.#sequence = last.sequence + RESUME_GAP;
    this.#waiting.unshift(...stored);
  }

  /**
   * @param {{runs: Run[], note?: {frame: number, text: string} | null, revision: number, undoes?: string | null,
   *   suggestionShown: boolean, gesture?: number | null}} made  gesture: the sequence number of its first operation
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
   * Add an object that is sent like an operation.
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
   * Take the oldest operations of one client to send; null while a batch is in flight.
   * @returns {{client: string, operations: Operation[]} | null}
   */
  takeBatch() {
    if (this.#inFlight || !this.#waiting.length) return null;
    const batch = this.#oldest();
    this.#inFlight = batch.operations.length;
    return batch;
  }

  /** The next batch for a last attempt while the page closes; takes nothing. */
  peekBatch() {
    return this.#waiting.length ? this.#oldest() : null;
  }

  /**
   * Remove operations that the server has saved or refused; the rest of the batch waits again.
   * @param {string[]} ids
   */
  acknowledge(ids) {
    this.#batchMax = Math.min(BATCH_MAX, 2 * this.#batchMax);
    const saved = new Set(ids);
    this.#waiting = this.#waiting.filter((operation) => !saved.has(operation.id));
    this.#inFlight = 0;
  }

  /** No answer: the whole batch waits again, in the same order. */
  putBack() {
    this.#inFlight = 0;
  }

  /** The server refused a whole batch: send smaller ones to find the operation at fault. @param {number} length */
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
