/**
 * The labels of a clip together with the way in which they reach the server. An instance
 * stands on its own: it goes on sending when the page shows another clip.
 */
import { ClipOutbox } from "./clip-outbox.js";
import { ClipLabels } from "../lib/labels/clip-labels.js";
import { editsOf, runsWithin } from "../lib/saving/unapplied-operations.js";

export class SavedLabels {
  onConflict = () => {};
  /** What to tell of a clip that was taken back: nothing more is labelled here. @type {string | null} */
  withdrawn = null;

  /**
   * @param {object} state  as the server gave it
   * @param {{onLabels: () => void, onSave: () => void}} heard
   */
  constructor(state, { onLabels, onSave }) {
    this.state = state;
    this.onLabels = onLabels;
    this.onSave = onSave;
    const { user, username, assignment, operations_url: url } = state;
    this.outbox = new ClipOutbox({ user, username, assignment, url }, {
      onReceipt: (receipt) => this.#receive(receipt),
      onChange: onSave,
      onLost: () => this.#freeze(),
      onGained: () => this.#goOn(),
    });
  }

  /** Take over what an earlier page could not save; labels exist only after this. */
  async open() {
    await this.outbox.open();
    const { clip, scores } = this.state;
    const { labels: runs, notes, revision } = await this.#labelsNow();
    this.labels = new ClipLabels({
      clip, runs, notes, revision, queue: this.outbox.queue, suggestionShown: scores !== null,
      onOperation: (operation) => this.outbox.take(operation),
    });
    this.labels.frozen = !this.outbox.tab.holds;
    addEventListener("online", this.retryNow);
    addEventListener("focus", this.retryNow);
    addEventListener("beforeunload", this.#warn);
    addEventListener("pagehide", this.#lastAttempt);
    this.outbox.sender.send();
  }

  /** Label here what another tab has open; that one then only looks on. */
  takeOver = async () => {
    if (await this.outbox.takeOver()) await this.#goOn();
  };

  async #goOn() {
    if (!this.labels) return;
    this.labels.queue = this.outbox.queue;
    this.labels.frozen = this.withdrawn !== null;
    this.labels.receive(await this.#labelsNow());
    this.outbox.sender.send();
    this.onLabels();
    this.onSave();
  }

  disconnect() {
    removeEventListener("online", this.retryNow);
    removeEventListener("focus", this.retryNow);
    removeEventListener("beforeunload", this.#warn);
    removeEventListener("pagehide", this.#lastAttempt);
    this.outbox.close();
  }

  get unsaved() {
    return this.outbox.queue.unsaved;
  }

  get save() {
    const { save } = this.outbox;
    const isElsewhere = this.labels?.frozen && !this.withdrawn && !save.unsaved;
    return isElsewhere ? { ...save, state: "elsewhere", takeOver: this.takeOver } : save;
  }

  /** What the server did not make labels of, until its annotator chooses. */
  get aside() {
    return this.outbox.aside;
  }

  /** Leave what is saved as it is. @param {import("./operation-store.js").Aside[]} aside */
  discard(aside) {
    this.outbox.settle(aside.map(({ operation }) => operation.id));
  }

  /** Say the same again, now knowing what is saved. @param {import("./operation-store.js").Aside[]} aside */
  applyAgain(aside) {
    for (const { runs, note } of editsOf(aside)) {
      this.labels.set(runsWithin(runs, this.labels), aside);
      if (note) this.labels.setNote?.(note.frame, note.text);
    }
    this.discard(aside);
    this.onLabels();
  }

  retryNow = () => this.outbox.retryNow();

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

  async #receive(receipt) {
    if (receipt.withdrawn) {
      this.withdrawn = receipt.withdrawn;
      this.#freeze();
    }
    // Refused as a batch of one, without a word on what there is.
    const isSilent = receipt.refused.length > 0 && !receipt.labels;
    const known = isSilent ? { ...(await this.#labelsNow()) } : receipt;
    this.labels.receive(known);
    if (known.labels) this.onLabels();
    if (receipt.refused.length || receipt.acknowledged.some(({ applied }) => !applied)) this.onConflict();
  }

  #freeze() {
    this.labels.frozen = true;
    this.onSave();
  }

  #warn = (event) => {
    if (this.unsaved) event.preventDefault();
  };

  #lastAttempt = () => this.outbox.leave();
}
