/**
 * The labels of a clip together with the outbox that saves them. An instance continues sending
 * after the page shows another clip.
 */
import { fetchJson } from "../browser/fetch-json.js";
import { ClipLabels } from "../lib/labels/clip-labels.js";
import { edits, runsWithin } from "../lib/saving/unapplied-operations.js";
import { ClipOutbox } from "./clip-outbox.js";

/** @typedef {import("./operation-store.js").UnappliedOperation} UnappliedOperation */

export class SavedLabels {
  onConflict = () => {};
  /** The server's message that the clip was withdrawn: it takes no more labels. @type {string | null} */
  withdrawn = null;

  /**
   * @param {object} state  the assignment's, from the server
   * @param {{onLabels: () => void, onSave: () => void}} handlers
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
      onGained: () => this.#resume(),
    });
  }

  /** Take over what an earlier page could not save; labels exist only after this. */
  async open() {
    await this.outbox.open();
    const { clip, scores } = this.state;
    const { labels: runs, notes, revision } = await this.#currentLabels();
    this.labels = new ClipLabels({
      clip, runs, notes, revision, queue: this.outbox.queue, suggestionShown: scores !== null,
      onOperation: (operation) => this.outbox.add(operation),
    });
    this.labels.frozen = !this.outbox.tab.holds;
    this.outbox.watchPage();
    this.outbox.sender.send();
  }

  /** Label the clip in this tab; the tab that had it open becomes read-only. */
  takeOver = async () => {
    if (await this.outbox.takeOver()) await this.#resume();
  };

  async #resume() {
    if (!this.labels) return;
    this.labels.queue = this.outbox.queue;
    this.labels.frozen = this.withdrawn !== null;
    this.labels.receive(await this.#currentLabels());
    this.outbox.sender.send();
    this.onLabels();
    this.onSave();
  }

  disconnect() {
    this.outbox.close();
  }

  get unsaved() {
    return this.outbox.unsaved;
  }

  get save() {
    const { save } = this.outbox;
    const isElsewhere = this.labels?.frozen && !this.withdrawn && !save.unsaved;
    return isElsewhere ? { ...save, state: "elsewhere", takeOver: this.takeOver } : save;
  }

  /** Operations that the server did not apply, until their annotator decides. */
  get unapplied() {
    return this.outbox.unapplied;
  }

  /** Leave the saved labels as they are. @param {UnappliedOperation[]} unapplied */
  discard(unapplied) {
    this.outbox.resolve(unapplied.map(({ operation }) => operation.id));
  }

  /** Make the same edits again on top of the saved labels. @param {UnappliedOperation[]} unapplied */
  applyAgain(unapplied) {
    for (const { runs, note } of edits(unapplied)) {
      this.labels.set(runsWithin(runs, this.labels), unapplied);
      if (note) this.labels.setNote?.(note.frame, note.text);
    }
    this.discard(unapplied);
    this.onLabels();
  }

  retryNow = () => this.outbox.retryNow();

  /**
   * The labels on the server, fetched once the previous page has closed: the state in this page is
   * older than what that page saved last.
   */
  async #currentLabels() {
    return fetchJson(this.state.labels_url).catch(() => this.state);
  }

  async #receive(receipt) {
    if (receipt.withdrawn) {
      this.withdrawn = receipt.withdrawn;
      this.#freeze();
    }
    // A batch of one that was refused: its receipt has no labels.
    const isWithoutLabels = receipt.refused.length > 0 && !receipt.labels;
    const known = isWithoutLabels ? { ...(await this.#currentLabels()) } : receipt;
    this.labels.receive(known);
    if (known.labels) this.onLabels();
    if (receipt.refused.length || receipt.acknowledged.some(({ applied }) => !applied)) this.onConflict();
  }

  #freeze() {
    this.labels.frozen = true;
    this.onSave();
  }
}
