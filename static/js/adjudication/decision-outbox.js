/**
 * Sends an adjudicator's decisions to the server: stored in the browser, sent in order, retried
 * until they arrive. A decision that the server does not apply is reported once; the server's log
 * has it.
 */
import { ClipOutbox } from "../saving/clip-outbox.js";

export class DecisionOutbox {
  /**
   * @param {{user: number, username: string, subset: number, settlements_url: string}} state
   * @param {{onChange: () => void, onRecorded: (id: string, revision: number) => void,
   *   onRejected: (decision: object, error: string) => void}} handlers
   */
  constructor({ user, username, subset, settlements_url: url }, { onChange, onRecorded, onRejected }) {
    Object.assign(this, { onRecorded, onRejected });
    this.outbox = new ClipOutbox({ user, username, assignment: `subset ${subset}`, url }, {
      onChange,
      onReceipt: (receipt) => this.#receive(receipt),
    });
  }

  /** Start sending; returns what an earlier page could not send, oldest first. @returns {Promise<object[]>} */
  async open() {
    await this.outbox.open();
    this.outbox.watchPage();
    const stored = [...this.outbox.queue.operations];
    this.outbox.sender.send();
    return stored;
  }

  get isElsewhere() {
    return !this.outbox.tab.holds;
  }

  get save() {
    return this.isElsewhere ? { ...this.outbox.save, state: "elsewhere", takeOver: this.takeOver } : this.outbox.save;
  }

  /**
   * @param {{trial: number, start: number, stop: number, values: number[] | null, reasons: string[],
   *   revision: number}} answer
   * @returns {object}  the decision with its id, as it is sent
   */
  add(answer) {
    const decision = this.outbox.queue.push(answer);
    this.outbox.add(decision);
    return decision;
  }

  takeOver = () => this.outbox.takeOver().then(() => location.reload());

  retryNow = () => this.outbox.retryNow();

  disconnect() {
    this.outbox.close();
  }

  #receive(receipt) {
    for (const { id, revision, applied } of receipt.acknowledged) if (applied) this.onRecorded(id, revision);
    const errors = new Map([...receipt.refused, ...receipt.acknowledged].map(({ id, error }) => [id, error]));
    for (const { operation } of [...this.outbox.unapplied]) {
      const error = errors.get(operation.id);
      if (error) this.onRejected(operation, error);
    }
    this.outbox.resolve(this.outbox.unapplied.map(({ operation }) => operation.id));
  }
}
