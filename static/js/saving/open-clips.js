/**
 * The labels of the shown clip, and of clips that the annotator left with unsaved operations:
 * their queues continue sending.
 */
import { SavedLabels } from "./saved-labels.js";

export class OpenClips {
  /** @type {Map<number, SavedLabels>} by assignment */
  #open = new Map();
  /** @type {SavedLabels | null} */
  #shown = null;

  /** @param {{onLabels: () => void, onSave: () => void, onConflict: () => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /**
   * Open the labels of a clip, or show those that are still open.
   * @param {object} state  the assignment's, from the server
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

  /** How many operations of all clips are not saved. */
  get unsaved() {
    let unsaved = 0;
    for (const saved of this.#open.values()) unsaved += saved.unsaved;
    return unsaved;
  }

  /** The save state of all clips together: that of the worst one. */
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
      onLabels: () => { if (saved === this.#shown) this.handlers.onLabels(); },
      onSave: () => { this.#closeSaved(); this.handlers.onSave(); },
    });
    saved.onConflict = () => this.handlers.onConflict();
    this.#open.set(state.assignment, saved);
    return saved;
  }

  /** Close clips that are neither shown nor unsaved. */
  #closeSaved() {
    if (!this.#shown) return;
    for (const [assignment, saved] of this.#open) {
      if (saved === this.#shown || saved.unsaved) continue;
      saved.disconnect();
      this.#open.delete(assignment);
    }
  }
}
