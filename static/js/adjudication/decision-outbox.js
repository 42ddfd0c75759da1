/**
 * An adjudicator's answers on their way to the server: kept in the browser, sent in order,
 * tried again for ever. What does not hold is said, once; the server's log has it.
 */
import { ClipOutbox } from "../saving/clip-outbox.js";

export class SettlementOutbox {
  /**
   * @param {{user: number, username: string, subset: number, settlements_url: string}} state
   * @param {{onChange: () => void, onRecorded: (id: string, revision: number) => void,
   *   onRejected: (settlement: object, error: string) => void}} heard
   */
  constructor({ user, username, subset, settlements_url: url }, { onChange, onRecorded, onRejected }) {
    Object.assign(this, { onRecorded, onRejected });
    this.outbox = new ClipOutbox({ user, username, assignment: `subset ${subset}`, url }, {
      onChange,
      onReceipt: (receipt) => this.#receive(receipt),
    });
  }

  /** What an earlier page could not send, oldest first. @returns {Promise<object[]>} */
  async open() {
    await this.outbox.open();
    addEventListener("online", this.retryNow);
    addEventListener("focus", this.retryNow);
    addEventListener("beforeunload", this.#warn);
    addEventListener("pagehide", this.#lastAttempt);
    const kept = [...this.outbox.queue.operations];
    this.outbox.sender.send();
    return kept;
  }

  get isElsewhere() {
    return !this.outbox.tab.holds;
  }

  get save() {
    return this.isElsewhere ? { ...this.outbox.save, state: "elsewhere", takeOver: this.takeOver } : this.outbox.save;
  }

  /**
   * @param {{trial: number, start: number, stop: number, values: number[] | null, reasons: string[], revision: number}} answer
   * @returns {object}  the answer with its id, as it is sent
   */
  add(answer) {
    const settlement = this.outbox.queue.push(answer);
    this.outbox.take(settlement);
    return settlement;
  }

  takeOver = () => this.outbox.takeOver().then(() => location.reload());

  retryNow = () => this.outbox.retryNow();

  disconnect() {
    removeEventListener("online", this.retryNow);
    removeEventListener("focus", this.retryNow);
    removeEventListener("beforeunload", this.#warn);
    removeEventListener("pagehide", this.#lastAttempt);
    this.outbox.close();
  }

  #receive(receipt) {
    for (const { id, revision, applied } of receipt.acknowledged) if (applied) this.onRecorded(id, revision);
    const errors = new Map([...receipt.refused, ...receipt.acknowledged].map(({ id, error }) => [id, error]));
    for (const { operation } of [...this.outbox.aside]) {
      const error = errors.get(operation.id);
      if (error) this.onRejected(operation, error);
    }
    this.outbox.settle(this.outbox.aside.map(({ operation }) => operation.id));
  }

  #warn = (event) => {
    if (this.outbox.queue.unsaved) event.preventDefault();
  };

  #lastAttempt = () => this.outbox.leave();
}
