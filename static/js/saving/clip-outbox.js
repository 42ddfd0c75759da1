/**
 * Sends the operations of one assignment to the server: the queue, its sender, the copy in the
 * browser's database, and the lock that stops another page from sending the same. It knows nothing
 * of labels or of the page's elements.
 */
import { Debounce } from "../browser/debounce.js";
import { OperationQueue } from "../lib/saving/operation-queue.js";
import { OperationSender } from "../lib/saving/operation-sender.js";
import { randomId } from "../lib/saving/random-id.js";
import { OperationPost } from "./operation-post.js";
import { OperationStore } from "./operation-store.js";
import { SoleTab } from "./sole-tab.js";

/** @typedef {import("./operation-store.js").UnappliedOperation} UnappliedOperation */

// A request at every key would take its time from the picture; stored operations can wait this long.
const SENDING = { pauseMs: 250, latestMs: 1_000 };

const pause = (ms, wake) => Promise.race([wake, new Promise((resolve) => { setTimeout(resolve, ms); })]);
const nothing = () => {};

export class ClipOutbox {
  /** @type {UnappliedOperation[]} */
  unapplied = [];
  #sending = new Debounce(() => this.sender.send(), SENDING);

  /**
   * @param {import("./operation-store.js").Owner} owner
   * @param {object} parts
   * @param {boolean} [parts.yields]  to any page that requests the assignment
   * @param {(receipt: object) => void} [parts.onReceipt]
   * @param {() => void} [parts.onChange]
   * @param {() => void} [parts.onLost]  another page has taken over
   * @param {() => void} [parts.onGained]  the page that had the assignment has closed
   */
  constructor(owner, parts) {
    const { yields = false, onReceipt = nothing, onChange = nothing, onLost = nothing, onGained = nothing } = parts;
    this.onReceipt = onReceipt;
    this.onChange = onChange;
    this.store = new OperationStore(owner);
    this.store.onChange = onChange;
    this.post = new OperationPost(owner);
    this.tab = new SoleTab(`whacc ${this.store.key}`, {
      yields, onLost,
      onWanted: () => this.#handOver(),
      onGained: () => this.#resume(true).then(onGained),
    });
    this.#begin();
  }

  /** @param {{patience?: number}} [options] @returns {Promise<boolean>} whether this page may send */
  async open(options) {
    return this.#resume(await this.tab.acquire(options));
  }

  async takeOver() {
    return this.#resume(await this.tab.takeOver());
  }

  /** Retry when the network may be back, warn before the page closes with unsaved operations, and try a last time. */
  watchPage() {
    addEventListener("online", this.retryNow);
    addEventListener("focus", this.retryNow);
    addEventListener("beforeunload", this.#warn);
    addEventListener("pagehide", this.#sendLast);
  }

  /** @param {import("../lib/saving/operation-queue.js").Operation} operation */
  add(operation) {
    this.store.add(operation);
    this.onChange();
    this.#sending.request();
  }

  /** The annotator has decided about unapplied operations. @param {string[]} ids */
  resolve(ids) {
    this.unapplied = this.unapplied.filter(({ operation }) => !ids.includes(operation.id));
    this.store.delete(ids);
    this.onChange();
  }

  get unsaved() {
    return this.queue.unsaved;
  }

  get save() {
    const { state, error } = this.sender;
    return { state, error, unsaved: this.unsaved, unstored: this.store.unstored };
  }

  retryNow = () => this.sender.retryNow();

  close() {
    removeEventListener("online", this.retryNow);
    removeEventListener("focus", this.retryNow);
    removeEventListener("beforeunload", this.#warn);
    removeEventListener("pagehide", this.#sendLast);
    this.#sending.cancel();
    this.sender.stop();
    this.tab.close();
  }

  #begin() {
    this.queue = new OperationQueue({ client: randomId(), newId: randomId, now: () => new Date() });
    this.sender = new OperationSender({
      queue: this.queue, post: this.post.send, pause, onChange: this.onChange,
      onReceipt: (receipt, batch) => this.#receive(receipt, batch),
    });
  }

  async #resume(holds) {
    const { waiting, unapplied } = await this.store.read();
    this.unapplied = unapplied;
    if (holds) this.queue.resume(waiting);
    return holds;
  }

  #receive(receipt, { operations }) {
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const refused = receipt.refused.map(({ id, error }) => ({ operation: byId.get(id), kind: "refused", error }));
    const overtaken = receipt.acknowledged.filter(({ applied }) => !applied)
      .map(({ id }) => ({ operation: byId.get(id), kind: "overtaken", error: "" }));
    const unapplied = [...refused, ...overtaken].filter(({ operation }) => operation);
    for (const each of unapplied) this.store.addUnapplied(each);
    const done = receipt.acknowledged.filter(({ applied }) => applied).map(({ id }) => id);
    this.store.delete(done);
    this.unapplied.push(...unapplied);
    this.onReceipt(receipt);
    this.onChange();
  }

  /** The other page reads the stored operations; this page still sends those that could not be stored. */
  async #handOver() {
    this.sender.stop();
    await this.store.written();
    const left = this.queue.operations.filter(({ id }) => !this.store.isStored(id));
    this.#begin();
    this.queue.resume(left);
    this.sender.send();
  }

  #warn = (event) => {
    if (this.unsaved) event.preventDefault();
  };

  #sendLast = () => {
    this.store.flush();
    const batch = this.queue.peekBatch();
    if (batch && this.tab.holds) this.post.sendAndForget(batch);
  };
}
