/**
 * The labels of the clip together with the way in which they reach the server: the queue, the
 * sender, and what the browser keeps in case the tab dies.
 */
import { KeptOperations } from "./kept-operations.js";
import { ClipLabels } from "./lib/clip-labels.js";
import { OperationQueue } from "./lib/operation-queue.js";
import { OperationSender } from "./lib/operation-sender.js";
import { randomId } from "./lib/random-id.js";
import { OperationPost } from "./post-operations.js";

const pause = (ms, wake) => Promise.race([wake, new Promise((resolve) => { setTimeout(resolve, ms); })]);

export class SavedLabels {
  onConflict = () => {};

  /**
   * @param {object} state  as the server gave it
   * @param {{onLabels: () => void, onSave: () => void}} heard
   */
  constructor(state, { onLabels, onSave }) {
    this.state = state;
    this.onLabels = onLabels;
    this.queue = new OperationQueue({ client: randomId(), newId: randomId, now: () => new Date() });
    this.kept = new KeptOperations(state);
    this.post = new OperationPost({ url: state.operations_url, user: state.user });
    this.sender = new OperationSender({
      queue: this.queue, post: this.post.send, pause, onReceipt: (receipt) => this.#receive(receipt), onChange: onSave,
    });
  }

  /** Take over what an earlier page could not save; labels exist only after this. */
  async open() {
    this.queue.resume(await this.kept.open());
    const { clip, scores } = this.state;
    const { labels: runs, revision } = await this.#labelsNow();
    this.labels = new ClipLabels({
      clip, runs, revision, queue: this.queue, suggestionShown: scores !== null,
      onOperation: (operation) => this.#take(operation),
    });
    addEventListener("online", this.retryNow);
    addEventListener("focus", this.retryNow);
    addEventListener("beforeunload", this.#warn);
    addEventListener("pagehide", this.#lastAttempt);
    this.sender.send();
  }

  disconnect() {
    removeEventListener("online", this.retryNow);
    removeEventListener("focus", this.retryNow);
    removeEventListener("beforeunload", this.#warn);
    removeEventListener("pagehide", this.#lastAttempt);
  }

  get unsaved() {
    return this.queue.unsaved;
  }

  get save() {
    return { state: this.sender.state, unsaved: this.unsaved, error: this.sender.error };
  }

  retryNow = () => this.sender.retryNow();

  /**
   * What the server has, asked for once the page before this one is gone for certain: what it
   * saved in its last moment is not in this page's state, which the server wrote before.
   */
  async #labelsNow() {
    try {
      const response = await fetch(this.state.labels_url, { redirect: "error" });
      return response.ok ? await response.json() : this.state;
    } catch {
      return this.state;
    }
  }

  #take(operation) {
    this.kept.keep(operation);
    this.sender.onChange();
    this.sender.send();
  }

  #receive(receipt) {
    this.kept.forget(receipt.acknowledged.map(({ id }) => id));
    this.labels.receive(receipt);
    if (receipt.labels) this.onLabels();
    if (receipt.acknowledged.some(({ applied }) => !applied)) this.onConflict();
  }

  #warn = (event) => {
    if (this.unsaved) event.preventDefault();
  };

  #lastAttempt = () => {
    const batch = this.queue.peekBatch();
    if (batch) this.post.sendAndForget(batch);
  };
}
