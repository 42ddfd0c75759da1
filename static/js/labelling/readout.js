/**
 * The words and numbers around the pictures. They change after the picture is on the screen, so
 * that no layout delays the picture of a key.
 */
import { Debounce } from "../browser/debounce.js";
import { hide, write } from "../browser/dom-writes.js";
import { Hint } from "../browser/hint.js";
import { formatCount, formatFrame, quantity } from "../lib/frames/frame-numbers.js";
import { ActiveTime, paceMessage } from "../lib/labels/active-time.js";
import { countLabels, TOUCH, labelName, labelText } from "../lib/labels/labels.js";

// A held key must not make a screen reader announce every frame on the way.
const SPEECH = { pauseMs: 500 };
// The picture shows frame and label at once; words at every key would delay the next picture.
const WORDS = { pauseMs: 60, latestMs: 250 };

export class Readout {
  #sentence = "";
  #page = null;
  #labels = null;
  /** Labelled frames of the subset outside the clip. */
  #labelledElsewhere = 0;
  #touchesElsewhere = 0;
  #active = null;
  #version = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.words = new Debounce(this.#show, WORDS);
    this.speech = new Debounce(() => write(this.parts.spoken, this.#sentence), SPEECH);
    this.hints = new Hint(root.querySelector(".label-hint"));
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-readout]")].map((element) => [element.dataset.readout, element]),
    );
  }

  /**
   * Show another clip.
   * @param {object} state  the assignment's, from the server
   * @param {import("../lib/labels/clip-labels.js").ClipLabels} labels
   */
  open(state, labels) {
    this.state = state;
    const { session, trial, clip, progress, back_url: back, return_url: returnUrl } = state;
    const { parts } = this;
    document.title = `${session}, trial ${trial.number} · WhACC Web`;
    parts.session.textContent = session;
    parts.trial.textContent = ` · trial ${trial.number}`;
    const reason = clip.reason ? ` · selected because: ${clip.reason}` : "";
    parts.clip.textContent = `frames ${clip.start} to ${clip.stop - 1}${reason}`;
    parts.clip.title = trial.video_name;
    parts.back.href = back;
    parts.return.href = returnUrl;
    parts["clip-progress"].max = clip.stop - clip.start;
    parts["subset-total"].textContent = formatCount(progress.total);
    this.#countElsewhere(state, labels);
  }

  /** @param {import("../elements/label-page.js").LabelPage} page */
  requestUpdate(page) {
    this.#page = page;
    this.words.request();
  }

  /** Show a message for a moment. @param {string} text */
  hint(text) {
    this.hints.show(text);
  }

  /** @param {boolean} playing */
  showPlaying(playing) {
    const button = this.#button("play");
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector("span").textContent = playing ? "Pause" : "Play";
  }

  /** @param {{autoAdvance: boolean, suggestions: boolean, introRead: boolean}} preferences */
  showToggles({ autoAdvance, suggestions, introRead }) {
    this.parts.intro.hidden = introRead;
    this.#button("suggestions").setAttribute("aria-pressed", String(suggestions));
    this.#button("auto-advance").setAttribute("aria-pressed", String(autoAdvance));
  }

  #countElsewhere({ labels: runs, progress, work }, labels) {
    const count = ({ values }, what) => countLabels(values)[what];
    if (this.#labels) {
      // The next clip's state does not include the last labels of the previous clip.
      this.#labelledElsewhere += count(this.#labels, "labelled") - count(labels, "labelled");
      this.#touchesElsewhere += count(this.#labels, "touches") - count(labels, "touches");
    } else {
      this.#labelledElsewhere = progress.labelled - runs.reduce((sum, [start, stop]) => sum + stop - start, 0);
      this.#touchesElsewhere = work.touches - runs.filter(([, , value]) => value === TOUCH).length;
      this.#active = new ActiveTime(work);
    }
    this.#labels = labels;
    this.#version = labels.version;
  }

  /** Every change of the labels counts as work. */
  #showPace(labels, done) {
    if (labels.version !== this.#version) this.#active.note(Date.now());
    this.#version = labels.version;
    write(this.parts.pace, paceMessage(done, this.#active.minutes));
  }

  #show = () => {
    const { frame, labels, timeline, strip, clip, nextClip } = this.#page;
    this.#showSave();
    if (!clip) return;
    const { parts } = this;
    const text = formatFrame(frame, this.state.rate_hz);
    const value = labels.at(frame);
    const label = labels.has(frame) ? labelText(value) : "context";
    write(parts.frame, text.frame);
    write(parts.time, text.time);
    write(parts.label, label);
    parts.label.dataset.label = labelName(value);
    const note = labels.notes.get(frame) ?? "";
    write(parts.note, note);
    hide(parts.note, note === "");
    this.#showCounts(labels, nextClip.state);
    const sentence = `Frame ${text.frame}, ${text.time}: ${label}${note && `. Note: ${note}`}`;
    timeline.describe(frame, sentence);
    strip.describe(sentence);
    if (sentence === this.#sentence) return;
    this.#sentence = sentence;
    this.speech.request();
  };

  #showSave() {
    const { saveState, unappliedLabels, clips } = this.#page;
    saveState.show(clips.save);
    unappliedLabels.show(clips.shown);
    const withdrawn = clips.shown?.withdrawn ?? "";
    write(this.parts.withdrawn, withdrawn);
    hide(this.parts.withdrawn, !withdrawn);
  }

  #showCounts(labels, nextClip) {
    const { parts } = this;
    const { values } = labels;
    const { labelled, touches } = countLabels(values);
    const done = `labelled ${formatCount(labelled)} of ${formatCount(values.length)}`;
    write(parts.counts, `${done} · ${quantity(touches, "touch", "touches")}`);
    const progress = parts["clip-progress"];
    if (progress.value !== labelled) progress.value = labelled;
    progress.dataset.state = labelled === values.length ? "done" : "";
    write(parts.total, formatCount(this.#labelledElsewhere + labelled));
    this.#showPace(labels, { labelled: this.#labelledElsewhere + labelled, touches: this.#touchesElsewhere + touches });
    this.#showNext(labelled === values.length, nextClip);
  }

  /** The button names what Enter does now. */
  #showNext(finished, nextClip) {
    const button = this.#button("next-clip");
    button.dataset.kind = finished ? "main" : "";
    const nextStep = nextClip === null ? "Finish" : "Next clip";
    write(button.querySelector("span"), finished ? nextStep : "Next gap");
    hide(this.#button("skip-clip"), !nextClip);
  }

  #button(action) {
    return this.root.querySelector(`button[data-action="${action}"]`);
  }
}
