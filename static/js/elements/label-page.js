/**
 * <label-page>: the clips of one annotator, one after the other. It holds the place and the
 * labels, hears keys and buttons, and lets its parts draw. Its data attributes say where it
 * stands: data-state, data-assignment, data-frame, data-labelled, data-touches, data-unsaved. No
 * style depends on those that change with a key.
 */
import { AccountKeys } from "../keyboard/account-keys.js";
import { ClipHistory } from "../clips/clip-history.js";
import { FirstLook } from "../labelling/clip-preview.js";
import { Keyboard } from "../keyboard/keyboard.js";
import { act } from "../labelling/label-actions.js";
import { clamp } from "../lib/frames/frame-numbers.js";
import { nextUnlabelled } from "../lib/labels/labels.js";
import { Suggestions } from "../lib/labels/suggestions.js";
import { ClipMedia } from "../frames/clip-media.js";
import { NextClip } from "../clips/next-clip.js";
import { OpenClips } from "../saving/open-clips.js";
import { fetchState, writtenState } from "../clips/clip-state.js";
import { readPalette, watchPalette } from "../drawing/palette.js";
import { Playback } from "../frames/playback.js";
import { readPreferences, writePreferences } from "../labelling/preferences.js";
import { Readout } from "../labelling/readout.js";
import { recallHistory } from "../labelling/undo-history.js";
import { listenToButtons, listenToControls, showOnControls } from "../labelling/view-controls.js";

export class LabelPage extends HTMLElement {
  frame = 0;
  gesture = {};
  preferences = readPreferences();
  #picture = 0;
  /** Assignments that were finished on this page; the server may not know it yet. */
  #finished = new Set();
  #leaving = false;
  /** What is shown of a clip that is not open yet. */
  #look = null;

  /** Begin to fetch a clip's frames for a page that is not shown yet; that finds them in `firstMedia`. */
  static fetchMedia(state, frames) {
    return new ClipMedia(state, frames);
  }

  /** Its parts are connected after it where a whole page is put in at once. */
  connectedCallback() {
    queueMicrotask(() => { if (this.isConnected) this.#begin(writtenState()); });
  }

  #begin(state) {
    this.strip = this.querySelector("film-strip");
    this.timeline = this.querySelector("time-line");
    this.saveState = this.querySelector("save-state");
    this.setAside = this.querySelector("set-aside");
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
      onConflict: () => this.hint("These frames were labelled elsewhere meanwhile: you see what is saved"),
    });
    this.following = new NextClip(() => this.readout.showSoon(this));
    this.history = new ClipHistory(state.url, { onClip: (url) => this.#goBack(url), isUnsaved: () => this.clips.unsaved > 0 });
    this.strip.onStale = this.timeline.onStale = () => this.redraw();
    this.strip.onFit = this.timeline.onFit = () => this.#drawNow();
    this.#listen();
    this.#open(state, this.firstMedia).catch((error) => this.#fail(error));
    this.firstMedia = undefined;
  }

  disconnectedCallback() {
    this.playback?.stop();
    this.keyboard?.disconnect();
    this.clips?.disconnect();
    this.history?.disconnect();
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
    this.#showPreferences();
    if (this.clip) this.#show();
  }

  /** Say something in passing. */
  hint(text) {
    this.readout.hint(text);
  }

  /** Open the next clip in place; with none left, go back as soon as everything is saved. */
  async leave() {
    if (this.following.state === undefined) await this.following.known;
    const { state } = this.following;
    if (state === undefined) {
      this.hint("The next clip cannot be fetched now. Your labels are kept; try again in a moment");
      this.#lookOn();
    } else if (state && !this.#finished.has(state.assignment)) {
      const next = this.following.take();
      this.history.push(next.state.url);
      await this.#open(next.state, next.media).catch((error) => this.#fail(error));
    } else {
      this.#leaving = true;
      if (!this.clips.unsaved) return this.#leaveSaved();
      this.hint("Going on as soon as all is saved");
      this.clips.retryNow();
    }
  }

  async #leaveSaved() {
    this.#leaving = false;
    // What comes next was asked before the server knew what was finished here.
    await this.#lookOn();
    const { state } = this.following;
    if (state === null) {
      location.assign(this.state.back_url);
      return;
    }
    this.#finished.delete(state?.assignment);
    await this.leave();
  }

  async #open(state, media = new ClipMedia(state)) {
    this.#close();
    media.onArrival = () => this.redraw();
    this.#glance(state, media);
    const { labels } = await this.clips.show(state);
    const frame = nextUnlabelled(labels.values, labels.start, -1) ?? labels.start;
    const scores = await media.ready(frame);
    media.whole.catch((error) => { if (this.clip?.media === media) this.#fail(error); });
    const threshold = state.scores?.threshold ?? 0;
    Object.assign(this, { state, labels, frame, clip: { media, sheets: media.sheets, labels, scores, threshold, inReach: state.in_reach, others: state.others } });
    this.suggestions = scores && new Suggestions(scores, state.block.start, threshold, state.in_reach);
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
    this.#lookOn();
    recallHistory(state.history_url, labels).then(() => { this.dataset.recalled = state.assignment; });
  }

  /** Show the frames before it is settled which labels they have; keys wait for that. */
  #glance(state, media) {
    const look = new FirstLook(state);
    this.#look = look;
    const show = (scores) => {
      if (this.clip || this.#look !== look) return;
      media.sheets.look(this.preferences);
      const clip = { sheets: media.sheets, labels: look, scores: this.preferences.suggestions ? scores : null };
      this.toggleAttribute("data-scored", scores !== null);
      this.strip.show({ ...clip, suggestions: null, threshold: state.scores?.threshold ?? 0 }, this.preferences, readPalette());
      this.dataset.state = "seen";
      this.#drawNow();
    };
    media.first(look.frame, show);
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

  #lookOn() {
    return this.following.look(this.state.next_url, this.clip.media.whole);
  }

  #goBack(url) {
    this.#close();
    this.following.forget();
    fetchState(`${url}state/`).then((state) => this.#open(state)).catch(() => location.reload());
  }

  #listen() {
    this.keyboard = new Keyboard({
      keymap: this.keys.keymap,
      onRow: ({ action, amount }, repeat) => this.#act(action, amount, repeat),
      onGestureEnd: () => this.endGesture(),
    });
    this.keys.drive(this.keyboard);
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

  /** What was pressed is on the canvas before the event ends; nothing is done to frames unseen. */
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
    this.clip.sheets.look(this.preferences);
    for (const part of [this.strip, this.timeline]) part.show(clip, this.preferences, palette);
  }

  #showPreferences() {
    showOnControls(this, this.preferences);
    this.readout.showToggles(this.preferences);
  }

  #showSave() {
    const { unsaved } = this.clips;
    this.dataset.unsaved = unsaved;
    this.readout.showSoon(this);
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
      if (this.dataset.state === "seen") this.strip.draw(this.#look.frame);
      return;
    }
    this.strip.draw(this.frame);
    this.timeline.draw(this.frame);
    this.dataset.frame = this.frame;
    this.readout.showSoon(this);
  };

  #fail(error) {
    this.dataset.state = "failed";
    this.querySelector(".label-stage-note").textContent =
      `The frames did not arrive. ${error.message} Reload the page to try again; saved labels are safe.`;
  }
}
