/**
 * <label-page>: one clip of one annotator. It holds the place and the labels, hears keys and
 * buttons, and lets its parts draw. Its data attributes say where it stands: data-state,
 * data-frame, data-label, data-labelled, data-touches, data-unsaved.
 */
import { Keyboard } from "../keyboard.js";
import { act } from "../label-actions.js";
import { clamp } from "../lib/frame-place.js";
import { Keymap } from "../lib/keymap.js";
import { labelName, nextUnlabelled, runsOf } from "../lib/labels.js";
import { Suggestions } from "../lib/suggestions.js";
import { showKeys } from "../key-hints.js";
import { ClipMedia } from "../media.js";
import { readPalette, watchPalette } from "../palette.js";
import { Playback } from "../playback.js";
import { readPreferences, writePreferences } from "../preferences.js";
import { Readout } from "../readout.js";
import { SavedLabels } from "../saved-labels.js";

export class LabelPage extends HTMLElement {
  frame = 0;
  gesture = {};
  preferences = readPreferences();
  #picture = 0;
  #hintTimer = 0;
  #leaving = false;

  connectedCallback() {
    this.state = JSON.parse(document.getElementById("assignment-state").textContent);
    this.strip = this.querySelector("film-strip");
    this.timeline = this.querySelector("time-line");
    this.saveState = this.querySelector("save-state");
    this.help = this.querySelector("key-help");
    this.keymap = new Keymap();
    this.help.show(this.keymap, { assisted: this.state.scores !== null });
    showKeys(this, this.keymap);
    this.readout = new Readout(this, this.state);
    this.playback = new Playback({
      step: () => this.goTo(this.frame + 1),
      framesPerSecond: () => this.preferences.framesPerSecond,
      onChange: (playing) => this.readout.showPlaying(playing),
    });
    this.strip.onStale = this.timeline.onStale = () => this.redraw();
    this.#open().catch((error) => this.#fail(error));
  }

  disconnectedCallback() {
    this.playback.stop();
    this.keyboard?.disconnect();
    this.saved?.disconnect();
  }

  /** The labels as they are shown now. */
  get labelRuns() {
    return runsOf(this.labels.values, this.labels.start);
  }

  /** The model's suggestions while they are on the screen, else null. */
  get shownSuggestions() {
    return this.preferences.suggestions ? this.suggestions : null;
  }

  /** Go to a frame, at most as far as the block reaches; false when it was there already. */
  goTo(frame) {
    const { start, stop } = this.state.block;
    const target = clamp(frame, start, stop - 1);
    if (target === this.frame) return false;
    this.frame = target;
    this.redraw();
    return true;
  }

  /** Draw before the next paint, however often it is asked for until then. */
  redraw() {
    this.#picture ||= requestAnimationFrame(this.#draw);
  }

  /** The labels have changed. */
  refresh() {
    const { labelled, touches } = this.labels.counts();
    this.dataset.labelled = labelled;
    this.dataset.touches = touches;
    this.redraw();
  }

  endGesture() {
    this.gesture = {};
  }

  /** Change how the page is shown, and remember it. */
  prefer(changes) {
    Object.assign(this.preferences, changes);
    writePreferences(this.preferences);
    this.readout.showPreferences(this.preferences);
    this.#show();
  }

  /** Say something in passing. */
  hint(text) {
    const place = this.querySelector(".label-hint");
    place.textContent = text;
    place.hidden = false;
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => { place.hidden = true; }, 2600);
  }

  /** Go to the next clip as soon as everything is saved. */
  leave() {
    this.#leaving = true;
    if (this.saved.unsaved) {
      this.hint("The next clip opens as soon as all is saved");
      return;
    }
    location.assign(this.state.next_url ?? this.state.back_url);
  }

  async #open() {
    const { scores } = this.state;
    this.saved = new SavedLabels(this.state, { onLabels: () => this.refresh(), onSave: () => this.#showSave() });
    this.media = new ClipMedia(this.state, () => this.redraw());
    await this.saved.open();
    this.labels = this.saved.labels;
    this.saved.onConflict = () => this.hint("These frames were labelled elsewhere meanwhile: you see what is saved");
    this.frame = nextUnlabelled(this.labels.values, this.labels.start, -1) ?? this.labels.start;
    const values = await this.media.ready(this.frame);
    this.media.whole.catch((error) => this.#fail(error));
    this.suggestions = values && new Suggestions(values, this.state.block.start, scores.threshold);
    this.clip = { sheets: this.media.sheets, labels: this.labels, scores: values, threshold: scores?.threshold ?? 0 };
    this.#listen();
    this.readout.showPreferences(this.preferences);
    this.#show();
    this.#showSave();
    this.refresh();
    this.dataset.state = "ready";
  }

  #listen() {
    this.keyboard = new Keyboard({
      keymap: this.keymap,
      onRow: ({ action, amount }, repeat) => act(this, action, amount, repeat),
      onGestureEnd: () => this.endGesture(),
    });
    this.addEventListener("frame-sought", ({ detail }) => {
      this.playback.stop();
      this.goTo(detail.frame);
    });
    this.addEventListener("retry-wanted", () => this.saved.retryNow());
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-action]");
      if (button) act(this, button.dataset.action, button.dataset.amount && Number(button.dataset.amount));
    });
    // A button that took the focus would take Space and Enter from the page as well.
    this.addEventListener("mousedown", (event) => {
      if (event.target.closest("button[data-action]")) event.preventDefault();
    });
    this.addEventListener("change", ({ target }) => {
      if (target.name === "count" || target.name === "framesPerSecond") this.prefer({ [target.name]: Number(target.value) });
      if (target.name === "crisp") this.prefer({ crisp: target.checked });
      target.blur();
    });
    watchPalette(() => this.#show());
  }

  #show() {
    const palette = readPalette();
    const suggestions = this.shownSuggestions;
    const clip = { ...this.clip, suggestions, scores: suggestions && this.clip.scores };
    this.labels.suggestionShown = suggestions !== null;
    for (const part of [this.strip, this.timeline]) part.show(clip, this.preferences, palette);
  }

  #showSave() {
    const { unsaved, save } = this.saved;
    this.dataset.unsaved = unsaved;
    this.saveState.show(save);
    if (this.#leaving && !unsaved) this.leave();
  }

  #draw = () => {
    this.#picture = 0;
    if (!this.clip) return;
    this.strip.draw(this.frame);
    this.timeline.draw(this.frame);
    this.dataset.frame = this.frame;
    this.dataset.label = labelName(this.labels.at(this.frame));
    this.readout.showSoon(this);
  };

  #fail(error) {
    this.dataset.state = "failed";
    this.querySelector(".label-stage-note").textContent =
      `The frames did not arrive. ${error.message} Reload the page to try again; saved labels are safe.`;
  }
}
