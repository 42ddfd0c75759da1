/**
 * The labels of the clip that is shown, and of those that were left before everything of them
 * was saved: their queues go on being sent.
 * @typedef {import("./saved-labels.js").SavedLabels} SavedLabels
 */
import { SavedLabels } from "./saved-labels.js";

export class OpenClips {
  /** @type {Map<number, SavedLabels>} by assignment */
  #open = new Map();
  /** @type {SavedLabels | null} the one that is shown */
  #shown = null;

  /** @param {{onLabels: () => void, onSave: () => void, onConflict: () => void}} heard */
  constructor(heard) {
    this.heard = heard;
  }

  /**
   * Open the labels of a clip, or those that are still open; the clip shown before is left.
   * @param {object} state  as the server gave it
   */
  async show(state) {
    this.#shown = null;
    this.#closeSaved();
    const open = this.#open.get(state.assignment);
    const saved = open ?? this.#new(state);
    if (!open) await saved.open();
    this.#shown = saved;
    return saved;
  }

  get shown() {
    return this.#shown;
  }

  /** How much is not saved, of all clips together. */
  get unsaved() {
    let unsaved = 0;
    for (const saved of this.#open.values()) unsaved += saved.unsaved;
    return unsaved;
  }

  /** How all of them stand: as that which fares worst. */
  get save() {
    const waiting = [...this.#open.values()].filter((saved) => saved.unsaved);
    const worst = waiting.find(({ save }) => save.state !== "saving") ?? waiting[0] ?? this.#shown;
    return { ...(worst?.save ?? { state: "saved", error: "" }), unsaved: this.unsaved };
  }

  retryNow() {
    for (const saved of this.#open.values()) saved.retryNow();
  }

  disconnect() {
    for (const saved of this.#open.values()) saved.disconnect();
    this.#open.clear();
  }

  #new(state) {
    const saved = new SavedLabels(state, {
      onLabels: () => { if (saved === this.#shown) this.heard.onLabels(); },
      onSave: () => { this.#closeSaved(); this.heard.onSave(); },
    });
    saved.onConflict = () => this.heard.onConflict();
    this.#open.set(state.assignment, saved);
    return saved;
  }

  /** Those that were left go when nothing of them is on its way any more. */
  #closeSaved() {
    if (!this.#shown) return;
    for (const [assignment, saved] of this.#open) {
      if (saved === this.#shown || saved.unsaved) continue;
      saved.disconnect();
      this.#open.delete(assignment);
    }
  }
}
