/**
 * Sends the queue, oldest first, one request at a time, until it is empty. It retries failures
 * without end, with growing pauses.
 * @typedef {import("./operation-queue.js").OperationQueue} OperationQueue
 * @typedef {{revision: number, acknowledged: {id: string, revision: number, applied: boolean}[],
 *   refused: {id: string, error: string}[], labels: import("../labels/runs.js").Run[] | null}} Receipt
 * @typedef {{outcome: "saved", receipt: Receipt} | {outcome: "offline" | "signed-out" | "deactivated"}
 *   | {outcome: "refused", error: string, final?: boolean}} Answer  final: the server itself refuses, for good
 */

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;

/**
 * How long to wait after the nth failure in a row; spread out, so that many annotators do not
 * retry at the same moment.
 * @param {number} failures
 * @param {number} spread  in [0, 1)
 */
export function retryDelayMs(failures, spread) {
  return Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** (failures - 1)) * (0.75 + spread / 2);
}

export class OperationSender {
  /** @type {"saved" | "saving" | "offline" | "signed-out" | "deactivated" | "refused"} */
  state = "saved";
  error = "";
  #failures = 0;
  #running = false;
  #stopped = false;
  #wake = () => {};

  /**
   * @param {object} parts
   * @param {OperationQueue} parts.queue
   * @param {(batch: object) => Promise<Answer>} parts.post
   * @param {(ms: number, wake: Promise<void>) => Promise<void>} parts.pause  ends early on wake
   * @param {(receipt: Receipt, batch: object) => void} parts.onReceipt
   * @param {() => void} parts.onChange
   */
  constructor({ queue, post, pause, onReceipt, onChange }) {
    Object.assign(this, { queue, post, pause, onReceipt, onChange });
  }

  /** Send what waits; called after operations and when the network may be back. */
  async send() {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    try {
      for (let batch = this.#take(); batch; batch = this.#take()) await this.#attempt(batch);
    } finally {
      this.#running = false;
    }
  }

  /** Retry without waiting for the end of the pause. */
  retryNow() {
    this.#wake();
    return this.send();
  }

  /** Send nothing more: another page sends what waits. */
  stop() {
    this.#stopped = true;
    this.#wake();
  }

  #take() {
    if (this.#stopped) return null;
    const batch = this.queue.takeBatch();
    // A failure stays visible until a request succeeds.
    if (!batch) this.#setState("saved");
    else if (!this.#failures) this.#setState("saving");
    return batch;
  }

  async #attempt(batch) {
    let answer = await this.post(batch);
    if (answer.final && batch.operations.length > 1) {
      this.queue.halve(batch.operations.length);
      return;
    }
    if (answer.final) answer = { outcome: "saved", receipt: refusalOf(batch, answer.error) };
    const before = this.queue.unsaved;
    if (answer.outcome === "saved") {
      const { acknowledged, refused } = answer.receipt;
      this.queue.acknowledge([...acknowledged, ...refused].map(({ id }) => id));
      this.onReceipt(answer.receipt, batch);
      if (this.#stopped) return;
      // New operations may have been added, but acknowledging only removes some.
      if (this.queue.unsaved < before) {
        this.#failures = 0;
        return;
      }
      this.error = "The server did not confirm what it saved.";
    }
    this.queue.putBack();
    if (this.#stopped) return;
    this.#failures += 1;
    const refused = answer.outcome === "saved" || answer.outcome === "refused";
    this.#setState(refused ? "refused" : answer.outcome, refused ? answer.error ?? this.error : "");
    const wake = new Promise((resolve) => { this.#wake = resolve; });
    await this.pause(retryDelayMs(this.#failures, Math.random()), wake);
  }

  #setState(state, error = "") {
    this.state = state;
    this.error = error;
    this.onChange();
  }
}

/** A receipt that refuses the only operation of a batch. */
function refusalOf({ operations: [{ id }] }, error) {
  return { revision: 0, acknowledged: [], refused: [{ id, error }], labels: null };
}
