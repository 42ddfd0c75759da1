/**
 * One assignment's way to the server: the queue, its sender, what the browser keeps of it, and
 * that no other page sends the same. It knows nothing of labels or of the page.
 */
import { whenIdle } from "../browser/after-paint.js";
import { KeptOperations } from "./operation-store.js";
import { OperationQueue } from "../lib/saving/operation-queue.js";
import { OperationSender } from "../lib/saving/operation-sender.js";
import { randomId } from "../lib/saving/random-id.js";
import { OperationPost } from "./operation-post.js";
import { SoleTab } from "./sole-tab.js";

// A request at every key would take its time from the picture; what is kept can wait this long.
const QUIET_MS = 250;
const LATEST_MS = 1_000;

const pause = (ms, wake) => Promise.race([wake, new Promise((resolve) => { setTimeout(resolve, ms); })]);

export class ClipOutbox {
  /** @type {import("./operation-store.js").Aside[]} what the server did not make labels of */
  aside = [];
  #timer = 0;
  #waitsSince = 0;

  /**
   * @param {import("./operation-store.js").Owner} owner
   * @param {object} parts
   * @param {boolean} [parts.yields]  to any page that wants it
   * @param {(receipt: object) => void} [parts.onReceipt]
   * @param {() => void} [parts.onChange]
   * @param {() => void} [parts.onLost]  another page has taken over
   * @param {() => void} [parts.onGained]  the page that had taken it has gone
   */
  constructor(owner, { yields = false, onReceipt = () => {}, onChange = () => {}, onLost = () => {}, onGained = () => {} }) {
    this.onReceipt = onReceipt;
    this.onChange = onChange;
    this.kept = new KeptOperations(owner);
    this.kept.onChange = onChange;
    this.post = new OperationPost(owner);
    this.tab = new SoleTab(`whacc ${this.kept.key}`, {
      yields, onLost,
      onWanted: () => this.#handOver(),
      onGained: () => this.#resume(true).then(onGained),
    });
    this.#begin();
  }

  /** @param {{patience?: number}} [options] @returns {Promise<boolean>} whether this page may send */
  async open(options) {
    return this.#resume(await this.tab.take(options));
  }

  async takeOver() {
    return this.#resume(await this.tab.takeOver());
  }

  /** @param {import("../lib/saving/operation-queue.js").Operation} operation */
  take(operation) {
    this.kept.keep(operation);
    this.onChange();
    this.#sendSoon();
  }

  /** The annotator has chosen. @param {string[]} ids */
  settle(ids) {
    this.aside = this.aside.filter(({ operation }) => !ids.includes(operation.id));
    this.kept.forget(ids);
    this.onChange();
  }

  get save() {
    const { state, error } = this.sender;
    return { state, error, unsaved: this.queue.unsaved, unkept: this.kept.unkept, aside: this.aside.length };
  }

  retryNow = () => this.sender.retryNow();

  /** A last attempt while the page goes away. */
  leave() {
    this.kept.flush();
    const batch = this.queue.peekBatch();
    if (batch && this.tab.holds) this.post.sendAndForget(batch);
  }

  close() {
    clearTimeout(this.#timer);
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

  /** Send once no key has followed for a moment, or when that takes too long. */
  #sendSoon() {
    const now = performance.now();
    this.#waitsSince ||= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#waitsSince = 0;
      whenIdle(() => this.sender.send());
    }, Math.min(QUIET_MS, Math.max(0, this.#waitsSince + LATEST_MS - now)));
  }

  async #resume(holds) {
    const { waiting, aside } = await this.kept.read();
    this.aside = aside;
    if (holds) this.queue.resume(waiting);
    return holds;
  }

  #receive(receipt, { operations }) {
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    const refused = receipt.refused.map(({ id, error }) => ({ operation: byId.get(id), kind: "refused", error }));
    const overtaken = receipt.acknowledged.filter(({ applied }) => !applied)
      .map(({ id }) => ({ operation: byId.get(id), kind: "overtaken", error: "" }));
    const aside = [...refused, ...overtaken].filter(({ operation }) => operation);
    for (const each of aside) this.kept.setAside(each);
    const done = receipt.acknowledged.filter(({ applied }) => applied).map(({ id }) => id);
    this.kept.forget(done);
    this.aside.push(...aside);
    this.onReceipt(receipt);
    this.onChange();
  }

  /** The other page reads what is kept; what could not be kept is still sent from here. */
  async #handOver() {
    this.sender.stop();
    await this.kept.settled();
    const left = this.queue.operations.filter(({ id }) => !this.kept.isKept(id));
    this.#begin();
    this.queue.resume(left);
    this.sender.send();
  }
}
