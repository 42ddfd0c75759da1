/**
 * <adjudication-page>: the stretches of a subset in which annotators disagree, one at a time.
 * Its data attributes say where it stands: data-state, data-stretch (its number, from 1),
 * data-frame, data-open, data-settled, data-unsaved.
 */
import { DEEDS } from "../adjudication/adjudication-actions.js";
import { deedOf } from "../lib/adjudication/adjudication-keys.js";
import { clamp } from "../lib/frames/frame-numbers.js";
import { StretchAnswer } from "../lib/adjudication/stretch-answer.js";
import { ClipMedia } from "../frames/clip-media.js";
import { readPalette, watchPalette } from "../drawing/palette.js";
import { readPreferences } from "../labelling/preferences.js";
import { SettlementOutbox } from "../adjudication/decision-outbox.js";
import { StretchQueue } from "../adjudication/stretch-queue.js";

const NAMES_HIDDEN = "whacc-adjudication-names-hidden";
const TAKEN = "input, textarea, select, dialog[open]";
const PRESSED = "button, a[href], summary";

export class AdjudicationPage extends HTMLElement {
  frame = 0;
  choosesReasons = false;
  #hintTimer = 0;

  async connectedCallback() {
    this.state = JSON.parse(document.getElementById("adjudication-state").textContent);
    this.strip = this.querySelector("film-strip");
    this.lanes = this.querySelector("label-lanes");
    this.queue = new StretchQueue(this.state);
    this.strip.onStale = () => this.draw();
    this.outbox = new SettlementOutbox(this.state, {
      onChange: () => this.#showSave(),
      onRecorded: (id, revision) => this.queue.recorded(id, revision),
      onRejected: (settlement, error) => this.#rejected(settlement, error),
    });
    this.#listen();
    this.#showReasons();
    for (const kept of await this.outbox.open()) this.queue.remember(this.queue.find(kept), kept);
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

  /** Say something in passing. */
  hint(text) {
    const place = this.querySelector(".label-hint");
    place.textContent = text;
    place.hidden = false;
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => { place.hidden = true; }, 2600);
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
    this.#look();
    this.dataset.state = "ready";
    this.draw();
    this.queue.ahead(this.at);
  }

  #close() {
    const { media } = this;
    this.media = null;
    media?.close();
  }

  #look() {
    const sheets = this.media.sheets;
    const { trial } = this.entry;
    const preferences = readPreferences();
    sheets.look(preferences);
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
    // A button that took the focus would take Enter from the page as well.
    this.addEventListener("mousedown", (event) => {
      if (event.target.closest("button[data-action]")) event.preventDefault();
    });
    watchPalette(() => { if (this.answer) this.#look(); this.draw(); });
  }

  #press = (event) => {
    const { target, key } = event;
    const isPressed = (key === "Enter" || key === " ") && target.closest?.(PRESSED);
    if (event.isComposing || isPressed || target.closest?.(TAKEN)) return;
    const deed = deedOf(event, { nLanes: this.state.annotators.length, choosesReasons: this.choosesReasons });
    if (!deed) return;
    event.preventDefault();
    const moves = ["move", "carry", "paint-on"].includes(deed.action);
    if (!event.repeat || moves) this.#do(deed);
  };

  #do({ action, amount }) {
    if (action === "step") this.#step(amount);
    else if (action === "names") this.#hideNames();
    else if (this.dataset.state === "ready") DEEDS[action](this, amount);
  }

  #step(by) {
    if (this.at === undefined) return;
    const at = this.at + by;
    if (at < 0 || at >= this.queue.stretches.length) this.hint(`No stretch ${by > 0 ? "after" : "before"} this`);
    else this.open(at);
  }

  /** Change the answer, unless what was settled is to be opened first. @param {() => void} change */
  change(change) {
    if (this.entry.settled) this.hint("This is settled: U opens it again");
    else if (this.outbox.isElsewhere) this.hint("This subset is open in another tab: here you only look on");
    else change();
    this.draw();
  }

  /** Send an answer; without values the stretch is opened again. @param {number[] | null} values */
  send(values) {
    const { trial, start, stop, revision } = this.stretch;
    this.querySelector(".adjudication-told").hidden = true;
    const reasons = values ? [...this.reasons] : [];
    this.queue.remember(this.at, this.outbox.add({ trial, start, stop, values, reasons, revision }));
    this.#showHead();
    this.#showCounts();
  }

  goOn() {
    const next = this.queue.nextOpen(this.at);
    if (next === null) this.hint("Everything is settled");
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
    if (this.answer) this.#look();
    this.draw();
  }

  #rejected(settlement, error) {
    const at = this.queue.find(settlement);
    const { number } = this.queue.stretches[at] ?? {};
    const place = this.querySelector(".adjudication-told");
    place.textContent = `Trial ${number ?? settlement.trial}, frames ${settlement.start} to ${settlement.stop - 1}: ${error}`;
    place.hidden = false;
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
    const who = settled ? `settled by ${by?.by ?? this.state.username}` : "open";
    this.querySelector("[data-readout=stretch]").textContent =
      `stretch ${this.at + 1} of ${this.queue.stretches.length}: frames ${start} to ${stop - 1}, ${who}`;
    this.toggleAttribute("data-is-settled", settled);
  }

  #showCounts() {
    const { open, settled } = this.queue.counts;
    Object.assign(this.dataset, { open, settled });
    this.querySelector("[data-readout=counts]").textContent = `${open} open, ${settled} settled`;
    const progress = this.querySelector("progress");
    progress.max = Math.max(1, open + settled);
    progress.value = settled;
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
      `This stretch did not arrive. ${error.message} Press N or P, or reload the page; what was settled is safe.`;
  }
}
