/**
 * <adjudication-page>: the stretches of a subset in which annotators disagree, one at a time.
 * Its data attributes are its state: data-state, data-stretch (its number, from 1), data-frame,
 * data-open, data-adjudicated, data-unsaved.
 */
import { ACTIONS } from "../adjudication/adjudication-actions.js";
import { DecisionOutbox } from "../adjudication/decision-outbox.js";
import { StretchQueue } from "../adjudication/stretch-queue.js";
import { Hint } from "../browser/hint.js";
import { readPalette, watchPalette } from "../drawing/palette.js";
import { ClipMedia } from "../frames/clip-media.js";
import { readPreferences } from "../labelling/preferences.js";
import { actionFor } from "../lib/adjudication/adjudication-keys.js";
import { StretchAnswer } from "../lib/adjudication/stretch-answer.js";
import { clamp } from "../lib/frames/frame-numbers.js";

const NAMES_HIDDEN = "whacc-adjudication-names-hidden";
const TEXT_FIELDS = "input, textarea, select, dialog[open]";
const BUTTONS = "button, a[href], summary";

export class AdjudicationPage extends HTMLElement {
  frame = 0;
  choosesReasons = false;

  async connectedCallback() {
    this.state = JSON.parse(document.getElementById("adjudication-state").textContent);
    this.strip = this.querySelector("film-strip");
    this.lanes = this.querySelector("label-lanes");
    this.queue = new StretchQueue(this.state);
    this.strip.onStale = () => this.draw();
    this.outbox = new DecisionOutbox(this.state, {
      onChange: () => this.#showSave(),
      onRecorded: (id, revision) => this.queue.recorded(id, revision),
      onRejected: (decision, error) => this.#showRejected(decision, error),
    });
    this.hints = new Hint(this.querySelector(".label-hint"));
    this.#listen();
    this.#showReasons();
    for (const stored of await this.outbox.open()) this.queue.remember(this.queue.find(stored), stored);
    this.#showSave();
    await this.open(this.queue.first);
  }

  disconnectedCallback() {
    removeEventListener("keydown", this.#press);
    this.outbox.disconnect();
    this.#close();
  }

  get entry() {
    return this.queue.stretches[this.at];
  }

  /** @param {number | null} at */
  async open(at) {
    this.#showCounts();
    if (at === null) return;
    this.at = at;
    this.dataset.state = "loading";
    try {
      const stretch = await this.queue.load(at);
      if (this.at === at) this.#show(stretch);
    } catch (error) {
      if (this.at === at) this.#fail(error);
    }
  }

  /** @param {number} frame */
  goTo(frame) {
    const { start, stop } = this.stretch.block;
    this.frame = clamp(frame, start, stop - 1);
    this.draw();
  }

  draw() {
    if (!this.answer || this.dataset.state !== "ready") return;
    this.strip.draw(this.frame);
    this.lanes.draw(this.frame, this.answer);
    this.dataset.frame = this.frame;
  }

  /** Show a message for a moment. @param {string} text */
  hint(text) {
    this.hints.show(text);
  }

  #show(stretch) {
    this.#close();
    this.stretch = stretch;
    this.answer = new StretchAnswer(stretch);
    this.reasons = new Set(stretch.settled?.reasons);
    this.entry.settled = stretch.settled !== null;
    const media = new ClipMedia(stretch);
    media.onArrival = () => this.draw();
    this.media = media;
    media.whole.catch((error) => { if (this.media === media) this.#fail(error); });
    this.frame = stretch.start;
    this.dataset.stretch = this.at + 1;
    this.#choose(false);
    this.#showHead();
    this.#showCounts();
    this.#showStretch();
    this.dataset.state = "ready";
    this.draw();
    this.queue.prefetchNext(this.at);
  }

  #close() {
    const { media } = this;
    this.media = null;
    media?.close();
  }

  #showStretch() {
    const sheets = this.media.sheets;
    const { trial } = this.entry;
    const preferences = readPreferences();
    sheets.setLook(preferences);
    this.strip.show({ sheets, labels: this.answer, scores: null, threshold: 0 }, preferences, readPalette());
    this.lanes.show(this.stretch, {
      names: this.state.annotators,
      hidden: localStorage.getItem(NAMES_HIDDEN) === "yes",
      stripUrl: (start, stop) => `${this.state.strips_url}${trial}/${start}-${stop}.png`,
    });
  }

  #listen() {
    addEventListener("keydown", this.#press);
    this.addEventListener("frame-sought", ({ detail }) => this.goTo(detail.frame));
    this.addEventListener("retry-wanted", () => this.outbox.retryNow());
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-action]");
      if (button) this.#do({ action: button.dataset.action, amount: Number(button.dataset.amount ?? 0) });
    });
    // A focused button would receive Enter instead of the page.
    this.addEventListener("mousedown", (event) => {
      if (event.target.closest("button[data-action]")) event.preventDefault();
    });
    watchPalette(() => { if (this.answer) this.#showStretch(); this.draw(); });
  }

  #press = (event) => {
    const { target, key } = event;
    const isForButton = (key === "Enter" || key === " ") && target.closest?.(BUTTONS);
    if (event.isComposing || isForButton || target.closest?.(TEXT_FIELDS)) return;
    const action = actionFor(event, { nLanes: this.state.annotators.length, choosesReasons: this.choosesReasons });
    if (!action) return;
    event.preventDefault();
    const moves = ["move", "carry", "paint-on"].includes(action.action);
    if (!event.repeat || moves) this.#do(action);
  };

  #do({ action, amount }) {
    if (action === "step") this.#step(amount);
    else if (action === "names") this.#hideNames();
    else if (this.dataset.state === "ready") ACTIONS[action](this, amount);
  }

  #step(by) {
    if (this.at === undefined) return;
    const at = this.at + by;
    if (at >= 0 && at < this.queue.stretches.length) this.open(at);
    else this.hint(`No disagreement ${by > 0 ? "after" : "before"} this one`);
  }

  /** Change the answer, unless the stretch is adjudicated and must be reopened first. @param {() => void} change */
  change(change) {
    if (this.entry.settled) this.hint("Adjudicated: press U to reopen");
    else if (this.outbox.isElsewhere) this.hint("This subset is open in another tab: read-only here");
    else change();
    this.draw();
  }

  /** Send a decision; null reopens the stretch. @param {number[] | null} values */
  send(values) {
    const { trial, start, stop, revision } = this.stretch;
    this.querySelector(".adjudication-notice").hidden = true;
    const reasons = values ? [...this.reasons] : [];
    this.queue.remember(this.at, this.outbox.add({ trial, start, stop, values, reasons, revision }));
    this.#showHead();
    this.#showCounts();
  }

  openNext() {
    const next = this.queue.nextOpen(this.at);
    if (next === null) this.hint("All disagreements are adjudicated");
    else this.open(next);
  }

  chooseReasons() {
    this.#choose(!this.choosesReasons);
  }

  /** @param {number} index */
  toggleReason(index) {
    const reason = this.state.reasons[index];
    if (!reason) return;
    if (!this.reasons.delete(reason)) this.reasons.add(reason);
    this.#showReasons();
  }

  #choose(on) {
    this.choosesReasons = on;
    this.toggleAttribute("data-choosing", on);
    this.#showReasons();
  }

  #hideNames() {
    const hide = localStorage.getItem(NAMES_HIDDEN) !== "yes";
    localStorage.setItem(NAMES_HIDDEN, hide ? "yes" : "no");
    this.#showCounts();
    if (this.answer) this.#showStretch();
    this.draw();
  }

  #showRejected(decision, error) {
    const { start, stop } = decision;
    const at = this.queue.find(decision);
    const { number } = this.queue.stretches[at] ?? {};
    const message = this.querySelector(".adjudication-notice");
    message.textContent = `Trial ${number ?? decision.trial}, frames ${start} to ${stop - 1}: ${error}`;
    message.hidden = false;
    if (at < 0) return;
    this.queue.forget(at);
    this.queue.load(at).then(({ settled }) => {
      this.queue.stretches[at].settled = settled !== null;
      if (at === this.at) this.open(at);
      this.#showCounts();
    }).catch(() => {});
  }

  #showHead() {
    const { session, number, settled } = this.entry;
    const { start, stop, settled: by } = this.stretch;
    this.querySelector("[data-readout=trial]").textContent = `, ${session} trial ${number}`;
    const status = settled ? `adjudicated by ${by?.by ?? this.state.username}` : "open";
    this.querySelector("[data-readout=stretch]").textContent =
      `disagreement ${this.at + 1} of ${this.queue.stretches.length}: frames ${start} to ${stop - 1}, ${status}`;
    this.toggleAttribute("data-is-adjudicated", settled);
  }

  #showCounts() {
    const { open, adjudicated } = this.queue.counts;
    Object.assign(this.dataset, { open, adjudicated });
    this.querySelector("[data-readout=counts]").textContent = `${open} open, ${adjudicated} adjudicated`;
    const progress = this.querySelector("progress");
    progress.max = Math.max(1, open + adjudicated);
    progress.value = adjudicated;
    const names = this.querySelector("[data-action=names]");
    names.setAttribute("aria-pressed", String(localStorage.getItem(NAMES_HIDDEN) === "yes"));
  }

  #showReasons() {
    for (const button of this.querySelectorAll("[data-action=reason]")) {
      const chosen = this.reasons?.has(this.state.reasons[Number(button.dataset.amount)]);
      button.setAttribute("aria-pressed", String(Boolean(chosen)));
    }
    this.querySelector("[data-action=reasons]").setAttribute("aria-pressed", String(this.choosesReasons));
  }

  #showSave() {
    const { save } = this.outbox;
    this.dataset.unsaved = save.unsaved;
    this.querySelector("save-state").show(save);
  }

  #fail(error) {
    this.dataset.state = "failed";
    this.querySelector(".label-stage-note").textContent =
      `This disagreement did not load. ${error.message} Press N or P, or reload the page. Decisions are safe.`;
  }
}
