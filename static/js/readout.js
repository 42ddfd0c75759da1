/**
 * The words and numbers around the pictures. They change after the picture is on the screen,
 * so that no layout stands between a key and what it shows.
 */
import { Following } from "./after-paint.js";
import { counted, framePlace, grouped } from "./lib/frame-place.js";
import { ActiveTime, paceSentence } from "./lib/active-time.js";
import { countLabels, TOUCH, labelName, labelSays } from "./lib/labels.js";

const SPOKEN_AFTER_MS = 400;
const HINT_MS = 2_600;
// Words of every key that follows quickly would cost a second frame for each.
const PAUSE_MS = 80;

export class Readout {
  #saveTimer = 0;
  #hintTimer = 0;
  #spoken = 0;
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
    this.words = new Following(this.#show, PAUSE_MS);
    this.parts = Object.fromEntries(
      [...root.querySelectorAll("[data-readout]")].map((element) => [element.dataset.readout, element]),
    );
  }

  /**
   * Another clip is shown.
   * @param {object} state  as the server gave it
   * @param {import("./lib/clip-labels.js").ClipLabels} labels
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

  /** @param {import("./elements/label-page.js").LabelPage} page */
  showSoon(page) {
    this.#page = page;
    // Words written now would be laid out before the picture that they speak of is painted.
    this.words.soon();
  }

  /** As `showSoon`, of what is saved: with the next words, or without. @param {import("./elements/label-page.js").LabelPage} page */
  showSaveSoon(page) {
    this.#page = page;
    this.#saveTimer ||= setTimeout(this.#showSave, PAUSE_MS);
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
    if (!clip) return;
    this.#showSave();
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
    parts.note.hidden = note === "";
    this.#showCounts(labels, following.state);
    const sentence = `Frame ${place.frame}, ${place.time}: ${says}${note && `. Note: ${note}`}`;
    timeline.describe(frame, sentence);
    strip.describe(sentence);
    this.#speakSoon(sentence);
    clip.sheets.prepare(frame + clip.sheets.perSheet);
    clip.sheets.prepare(frame - clip.sheets.perSheet);
  };

  #showSave = () => {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = 0;
    const { saveState, setAside, clips } = this.#page;
    saveState.show(clips.save);
    setAside.show(clips.shown);
    const withdrawn = clips.shown?.withdrawn ?? "";
    write(this.parts.withdrawn, withdrawn);
    this.parts.withdrawn.hidden = !withdrawn;
  };

  #showCounts(labels, following) {
    const { parts } = this;
    const { values } = labels;
    const { labelled, touches } = countLabels(values);
    const done = `labelled ${grouped(labelled)} of ${grouped(values.length)}`;
    write(parts.counts, `${done} · ${counted(touches, "touch", "touches")}`);
    parts["clip-progress"].value = labelled;
    parts["clip-progress"].dataset.state = labelled === values.length ? "done" : "";
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
    this.#button("skip-clip").hidden = !following;
  }

  /** A held key must not make a screen reader recite every frame on the way. */
  #speakSoon(sentence) {
    clearTimeout(this.#spoken);
    this.#spoken = setTimeout(() => { write(this.parts.spoken, sentence); }, SPOKEN_AFTER_MS);
  }

  #button(action) {
    return this.root.querySelector(`button[data-action="${action}"]`);
  }
}

/** Words that stay are not laid out again. */
function write(element, text) {
  if ((element.firstChild?.data ?? "") !== text) element.textContent = text;
}
