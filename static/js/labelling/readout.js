/**
 * The words and numbers around the pictures. They change after the picture is on the screen,
 * so that no layout stands between a key and what it shows.
 */
import { Following } from "../browser/after-paint.js";
import { counted, framePlace, grouped } from "../lib/frames/frame-numbers.js";
import { ActiveTime, paceSentence } from "../lib/labels/active-time.js";
import { countLabels, TOUCH, labelName, labelSays } from "../lib/labels/labels.js";
import { hide, write } from "../browser/dom-writes.js";

const SPOKEN_AFTER_MS = 500;
const HINT_MS = 2_600;
// The picture itself says frame and label at once; words of each would cost it a second frame.
const WORDS = { pauseMs: 60, latestMs: 250 };

export class Readout {
  #hintTimer = 0;
  #spoken = 0;
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
    this.words = new Following(this.#show, WORDS);
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-readout]")].map((element) => [element.dataset.readout, element]),
    );
  }

  /**
   * Another clip is shown.
   * @param {object} state  as the server gave it
   * @param {import("../lib/labels/clip-labels.js").ClipLabels} labels
   */
  open(state, labels) {
    this.state = state;
    const { session, trial, clip, progress, back_url: back, return_url: giveBack } = state;
    const { parts } = this;
    document.title = `${session}, trial ${trial.number} · WhACC Web`;
    parts.session.textContent = session;
    parts.trial.textContent = ` · trial ${trial.number}`;
    const reason = clip.reason ? ` · chosen because: ${clip.reason}` : "";
    parts.clip.textContent = `frames ${clip.start} to ${clip.stop - 1}${reason}`;
    parts.clip.title = trial.video_name;
    parts.back.href = back;
    parts.return.href = giveBack;
    parts["clip-progress"].max = clip.stop - clip.start;
    parts["subset-total"].textContent = grouped(progress.total);
    this.#countElsewhere(state, labels);
  }

  /** @param {import("../elements/label-page.js").LabelPage} page */
  showSoon(page) {
    this.#page = page;
    this.words.soon();
  }

  /** Say something in passing. @param {string} text */
  hint(text) {
    const place = this.root.querySelector(".label-hint");
    place.textContent = text;
    place.hidden = false;
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => { place.hidden = true; }, HINT_MS);
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
      // The next clip's state is older than the last labels of the clip before.
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

  /** Whatever changed the labels was work. */
  #showPace(labels, done) {
    if (labels.version !== this.#version) this.#active.note(Date.now());
    this.#version = labels.version;
    write(this.parts.pace, paceSentence(done, this.#active.minutes));
  }

  #show = () => {
    const { frame, labels, timeline, strip, clip, following } = this.#page;
    this.#showSave();
    if (!clip) return;
    const { parts } = this;
    const place = framePlace(frame, this.state.rate_hz);
    const value = labels.at(frame);
    const says = labels.has(frame) ? labelSays(value) : "context";
    write(parts.frame, place.frame);
    write(parts.time, place.time);
    write(parts.label, says);
    parts.label.dataset.label = labelName(value);
    const note = labels.notes.get(frame) ?? "";
    write(parts.note, note);
    hide(parts.note, note === "");
    this.#showCounts(labels, following.state);
    const sentence = `Frame ${place.frame}, ${place.time}: ${says}${note && `. Note: ${note}`}`;
    timeline.describe(frame, sentence);
    strip.describe(sentence);
    this.#speakSoon(sentence);
  };

  #showSave() {
    const { saveState, setAside, clips } = this.#page;
    saveState.show(clips.save);
    setAside.show(clips.shown);
    const withdrawn = clips.shown?.withdrawn ?? "";
    write(this.parts.withdrawn, withdrawn);
    hide(this.parts.withdrawn, !withdrawn);
  }

  #showCounts(labels, following) {
    const { parts } = this;
    const { values } = labels;
    const { labelled, touches } = countLabels(values);
    const done = `labelled ${grouped(labelled)} of ${grouped(values.length)}`;
    write(parts.counts, `${done} · ${counted(touches, "touch", "touches")}`);
    const progress = parts["clip-progress"];
    if (progress.value !== labelled) progress.value = labelled;
    progress.dataset.state = labelled === values.length ? "done" : "";
    write(parts.total, grouped(this.#labelledElsewhere + labelled));
    this.#showPace(labels, { labelled: this.#labelledElsewhere + labelled, touches: this.#touchesElsewhere + touches });
    this.#showNext(labelled === values.length, following);
  }

  /** The button says what Enter does now. */
  #showNext(finished, following) {
    const button = this.#button("next-clip");
    button.dataset.kind = finished ? "main" : "";
    const onwards = following === null ? "Finish" : "Next clip";
    write(button.querySelector("span"), finished ? onwards : "Next gap");
    hide(this.#button("skip-clip"), !following);
  }

  /** A held key must not make a screen reader recite every frame on the way. */
  #speakSoon(sentence) {
    if (sentence === this.#sentence) return;
    this.#sentence = sentence;
    clearTimeout(this.#spoken);
    this.#spoken = setTimeout(() => { write(this.parts.spoken, sentence); }, SPOKEN_AFTER_MS);
  }

  #button(action) {
    return this.root.querySelector(`button[data-action="${action}"]`);
  }
}
