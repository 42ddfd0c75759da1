/**
 * <label-page>: the clips of one annotator, one after the other. It holds the current frame and
 * the labels, listens to keys and buttons, and tells its parts to draw. Its data attributes are its
 * state: data-state, data-assignment, data-frame, data-labelled, data-touches, data-unsaved. No style
 * depends on those that change with a key.
 */
import { ClipHistory } from "../clips/clip-history.js";
import { fetchState, stateInPage } from "../clips/clip-state.js";
import { NextClip } from "../clips/next-clip.js";
import { readPalette, watchPalette } from "../drawing/palette.js";
import { ClipMedia } from "../frames/clip-media.js";
import { Playback } from "../frames/playback.js";
import { AccountKeys } from "../keyboard/account-keys.js";
import { Keyboard } from "../keyboard/keyboard.js";
import { ClipPreview } from "../labelling/clip-preview.js";
import { act } from "../labelling/label-actions.js";
import { readPreferences, writePreferences } from "../labelling/preferences.js";
import { Readout } from "../labelling/readout.js";
import { shownClip } from "../labelling/shown-clip.js";
import { recallHistory } from "../labelling/undo-history.js";
import { listenToButtons, listenToControls, showOnControls } from "../labelling/view-controls.js";
import { clamp } from "../lib/frames/frame-numbers.js";
import { nextUnlabelled } from "../lib/labels/labels.js";
import { Suggestions } from "../lib/labels/suggestions.js";
import { OpenClips } from "../saving/open-clips.js";

export class LabelPage extends HTMLElement {
  frame = 0;
  gesture = {};
  preferences = readPreferences();
  #picture = 0;
  /** Assignments finished on this page; the server may not have all their labels yet. */
  #finished = new Set();
  #leaving = false;
  /** The clip that is shown before its labels are known. @type {ClipPreview | null} */
  #preview = null;

  /** Fetch a clip's frames for a page that is not shown yet; they become its `prefetchedMedia`. */
  static fetchMedia(state, frames) {
    return new ClipMedia(state, frames);
  }

  /** When a whole page is inserted at once, its parts are connected after it. */
  connectedCallback() {
    queueMicrotask(() => { if (this.isConnected) this.#begin(stateInPage()); });
  }

  #begin(state) {
    this.strip = this.querySelector("film-strip");
    this.timeline = this.querySelector("time-line");
    this.saveState = this.querySelector("save-state");
    this.unappliedLabels = this.querySelector("unapplied-labels");
    this.help = this.querySelector("key-help");
    this.noteEditor = this.querySelector("note-editor");
    this.keys = new AccountKeys(this, state, this.help);
    this.readout = new Readout(this);
    this.playback = new Playback({
      frame: () => this.frame,
      show: (frame) => this.#showFrame(frame),
      msPerFrame: () => this.preferences.msPerFrame,
      onChange: (playing) => this.readout.showPlaying(playing),
    });
    this.clips = new OpenClips({
      onLabels: () => this.refresh(),
      onSave: () => this.#showSave(),
      onConflict: () => this.hint("These frames were labelled elsewhere: the page shows the saved labels"),
    });
    this.nextClip = new NextClip(() => this.readout.requestUpdate(this));
    this.history = new ClipHistory(state.url, {
      onClip: (url) => this.#goBack(url),
      isUnsaved: () => this.clips.unsaved > 0,
    });
    this.strip.onStale = this.timeline.onStale = () => this.redraw();
    this.strip.onFit = this.timeline.onFit = () => this.#drawNow();
    this.#listen();
    this.#open(state, this.prefetchedMedia).catch((error) => this.#fail(error));
    this.prefetchedMedia = undefined;
  }

  disconnectedCallback() {
    this.playback?.stop();
    this.keyboard?.disconnect();
    this.clips?.disconnect();
    this.history?.disconnect();
  }

  /** The model's suggestions while they are shown, else null. */
  get shownSuggestions() {
    return this.preferences.suggestions ? this.suggestions : null;
  }

  /** Go to a frame, or to the nearest one in the block; false if it is shown already. */
  goTo(frame) {
    const { start, stop } = this.state.block;
    const target = clamp(frame, start, stop - 1);
    if (target === this.frame) return false;
    this.frame = target;
    this.redraw();
    return true;
  }

  /** Draw once before the next paint, however often this is called until then. */
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

  /** Change and store view preferences. */
  prefer(changes) {
    Object.assign(this.preferences, changes);
    writePreferences(this.preferences);
    this.#showPreferences();
    if (this.clip) this.#show();
  }

  /** Show a message for a moment. @param {string} text */
  hint(text) {
    this.readout.hint(text);
  }

  /** Open the next clip in place; after the last one, go back to the subset once everything is saved. */
  async leave() {
    if (this.nextClip.state === undefined) await this.nextClip.loaded;
    const { state } = this.nextClip;
    if (state === undefined) {
      this.hint("The next clip could not be fetched. Your labels are safe; try again in a moment");
      this.#loadNext();
    } else if (state && !this.#finished.has(state.assignment)) {
      const next = this.nextClip.take();
      this.history.push(next.state.url);
      await this.#open(next.state, next.media).catch((error) => this.#fail(error));
    } else {
      this.#leaving = true;
      if (!this.clips.unsaved) return this.#leaveSaved();
      this.hint("Continuing once all labels are saved");
      this.clips.retryNow();
    }
  }

  async #leaveSaved() {
    this.#leaving = false;
    // The next clip was fetched before the server had all labels of this page.
    await this.#loadNext();
    const { state } = this.nextClip;
    if (state === null) return location.assign(this.state.back_url);
    this.#finished.delete(state?.assignment);
    await this.leave();
  }

  async #open(state, media = new ClipMedia(state)) {
    this.#close();
    media.onArrival = () => this.redraw();
    this.#showPreview(state, media);
    const { labels } = await this.clips.show(state);
    const frame = nextUnlabelled(labels.values, labels.start, -1) ?? labels.start;
    const scores = await media.ready(frame);
    media.whole.catch((error) => { if (this.clip?.media === media) this.#fail(error); });
    const clip = shownClip(state, media, labels, scores);
    Object.assign(this, { state, labels, frame, clip });
    this.suggestions = scores && new Suggestions(scores, state.block.start, clip.threshold, clip.inRange);
    this.keys.showFor({ assisted: scores !== null });
    this.dataset.assignment = state.assignment;
    this.toggleAttribute("data-scored", scores !== null);
    this.readout.open(state, labels);
    this.#showPreferences();
    this.#show();
    this.refresh();
    this.dataset.state = "ready";
    this.#drawNow();
    this.#showSave();
    this.#loadNext();
    recallHistory(state.history_url, labels).then(() => { this.dataset.recalled = state.assignment; });
  }

  /** Show the frames before their labels are known; keys work once they are. */
  #showPreview(state, media) {
    const preview = new ClipPreview(state);
    this.#preview = preview;
    const show = (scores) => {
      if (this.clip || this.#preview !== preview) return;
      media.sheets.setLook(this.preferences);
      const clip = shownClip(state, media, preview, this.preferences.suggestions ? scores : null);
      this.toggleAttribute("data-scored", scores !== null);
      this.strip.show(clip, this.preferences, readPalette());
      this.dataset.state = "preview";
      this.#drawNow();
    };
    media.first(preview.frame, show);
  }

  #close() {
    if (!this.clip) return;
    this.dataset.state = "loading";
    this.playback.stop();
    const { labelled } = this.labels.counts();
    if (labelled === this.labels.values.length) this.#finished.add(this.state.assignment);
    else this.#finished.delete(this.state.assignment);
    this.clip.media.close();
    this.clip = null;
  }

  #loadNext() {
    return this.nextClip.load(this.state.next_url, this.clip.media.whole);
  }

  #goBack(url) {
    this.#close();
    this.nextClip.forget();
    fetchState(`${url}state/`).then((state) => this.#open(state)).catch(() => location.reload());
  }

  #listen() {
    this.keyboard = new Keyboard({
      keymap: this.keys.keymap,
      onRow: ({ action, amount }, repeat) => this.#act(action, amount, repeat),
      onGestureEnd: () => this.endGesture(),
    });
    this.keys.attach(this.keyboard);
    this.addEventListener("note-written", ({ detail }) => {
      if (this.labels.setNote(detail.frame, detail.text)) this.refresh();
    });
    this.addEventListener("frame-sought", ({ detail }) => {
      this.playback.stop();
      this.#showFrame(detail.frame);
    });
    this.addEventListener("retry-wanted", () => this.clips.retryNow());
    listenToButtons(this, (action, amount) => this.#act(action, amount));
    listenToControls(this, (changes) => this.prefer(changes));
    watchPalette(() => { if (this.clip) this.#show(); });
  }

  /** Draw before the event ends; ignore keys until the clip is shown. */
  #act(action, amount, repeat) {
    if (!this.clip) return;
    act(this, action, amount, repeat);
    this.#drawNow();
  }

  #showFrame(frame) {
    const moved = this.goTo(frame);
    this.#drawNow();
    return moved;
  }

  #show() {
    const palette = readPalette();
    const suggestions = this.shownSuggestions;
    const clip = { ...this.clip, suggestions, scores: suggestions && this.clip.scores };
    this.labels.suggestionShown = suggestions !== null;
    this.clip.sheets.setLook(this.preferences);
    for (const part of [this.strip, this.timeline]) part.show(clip, this.preferences, palette);
  }

  #showPreferences() {
    showOnControls(this, this.preferences);
    this.readout.showToggles(this.preferences);
  }

  #showSave() {
    const { unsaved } = this.clips;
    this.dataset.unsaved = unsaved;
    this.readout.requestUpdate(this);
    if (this.#leaving && !unsaved) this.#leaveSaved();
  }

  #drawNow() {
    if (!this.#picture) return;
    cancelAnimationFrame(this.#picture);
    this.#draw();
  }

  #draw = () => {
    this.#picture = 0;
    if (!this.clip) {
      if (this.dataset.state === "preview") this.strip.draw(this.#preview.frame);
      return;
    }
    this.strip.draw(this.frame);
    this.timeline.draw(this.frame);
    this.dataset.frame = this.frame;
    this.readout.requestUpdate(this);
  };

  #fail(error) {
    this.dataset.state = "failed";
    this.querySelector(".label-stage-note").textContent =
      `The frames did not load. ${error.message} Reload the page to try again. Saved labels are safe.`;
  }
}
