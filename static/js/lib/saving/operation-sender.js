/**
 * Sends the queue, oldest first, one request at a time, until nothing is left; a failure is
 * tried again for ever, ever more slowly.
 * @typedef {import("./operation-queue.js").OperationQueue} OperationQueue
 * @typedef {{revision: number, acknowledged: {id: string, revision: number, applied: boolean}[],
 *   refused: {id: string, error: string}[], labels: import("../labels/labels.js").Run[] | null}} Receipt
 * @typedef {{outcome: "saved", receipt: Receipt} | {outcome: "offline" | "signed-out" | "deactivated"}
 *   | {outcome: "refused", error: string, final?: boolean}} Answer  final: by the server itself, for good
 */

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;

/**
 * How long to wait after the nth failure in a row; spread, so that a room full of annotators
 * does not knock at the same moment.
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

  /** Send what waits; called after every operation, and when the network may be back. */
  async send() {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    try {
      for (let batch = this.#take(); batch; batch = this.#take()) await this.#attempt(batch);
    } finally {
      this.#running = false;
    }
  }

  /** Try now what would otherwise wait for its turn. */
  retryNow() {
    this.#wake();
    return this.send();
  }

  /** Send nothing more: what waits is somebody else's. */
  stop() {
    this.#stopped = true;
    this.#wake();
  }

  #take() {
    if (this.#stopped) return null;
    const batch = this.queue.takeBatch();
    // A failure stays on the screen until something gets through.
    if (!batch) this.#become("saved");
    else if (!this.#failures) this.#become("saving");
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
      // Operations may have come in meanwhile, but acknowledging only ever takes away.
      if (this.queue.unsaved < before) {
        this.#failures = 0;
        return;
      }
      this.error = "The server did not say what it has saved.";
    }
    this.queue.putBack();
    if (this.#stopped) return;
    this.#failures += 1;
    const refused = answer.outcome === "saved" || answer.outcome === "refused";
    this.#become(refused ? "refused" : answer.outcome, refused ? answer.error ?? this.error : "");
    const wake = new Promise((resolve) => { this.#wake = resolve; });
    await this.pause(retryDelayMs(this.#failures, Math.random()), wake);
  }

  #become(state, error = "") {
    this.state = state;
    this.error = error;
    this.onChange();
  }
}

/** As if the server had answered for the one operation of a batch that it does not take. */
function refusalOf({ operations: [{ id }] }, error) {
  return { revision: 0, acknowledged: [], refused: [{ id, error }], labels: null };
}
