/**
 * The words and numbers around the pictures. They change after the picture is on the screen,
 * so that no layout stands between a key and what it shows.
 */
import { counted, framePlace } from "./lib/frame-place.js";
import { ActiveTime, paceSentence } from "./lib/active-time.js";
import { countLabels, TOUCH, labelName, labelSays } from "./lib/labels.js";

const SPOKEN_AFTER_MS = 400;

export class Readout {
  #soon = 0;
  #saveSoon = 0;
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
    parts["subset-total"].textContent = progress.total.toLocaleString("en");
    this.#countElsewhere(state, labels);
  }

  /** @param {import("./elements/label-page.js").LabelPage} page */
  showSoon(page) {
    this.#page = page;
    // Words written now would be laid out before the picture that they speak of is painted.
    this.#soon ||= requestAnimationFrame(this.#afterPaint);
  }

  /** As `showSoon`, of what is saved. @param {import("./elements/label-page.js").LabelPage} page */
  showSaveSoon(page) {
    this.#saveSoon ||= requestAnimationFrame(() => setTimeout(() => {
      this.#saveSoon = 0;
      page.saveState.show(page.clips.save);
      page.setAside.show(page.clips.shown);
      const withdrawn = page.clips.shown?.withdrawn ?? "";
      this.parts.withdrawn.textContent = withdrawn;
      this.parts.withdrawn.hidden = !withdrawn;
    }));
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

  #afterPaint = () => {
    setTimeout(this.#show);
  };

  #show = () => {
    this.#soon = 0;
    const { frame, labels, timeline, strip, clip, following } = this.#page;
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
    parts.note.hidden = note === "";
    this.#showCounts(labels, following.state);
    const sentence = `Frame ${place.frame}, ${place.time}: ${says}${note && `. Note: ${note}`}`;
    timeline.describe(frame, sentence);
    strip.describe(sentence);
    this.#speakSoon(sentence);
    clip.sheets.prepare(frame + clip.sheets.perSheet);
    clip.sheets.prepare(frame - clip.sheets.perSheet);
  };

  #showCounts(labels, following) {
    const { parts } = this;
    const { values } = labels;
    const { labelled, touches } = countLabels(values);
    const done = `labelled ${labelled.toLocaleString("en")} of ${values.length.toLocaleString("en")}`;
    write(parts.counts, `${done} · ${counted(touches, "touch", "touches")}`);
    parts["clip-progress"].value = labelled;
    parts["clip-progress"].dataset.state = labelled === values.length ? "done" : "";
    write(parts.total, (this.#labelledElsewhere + labelled).toLocaleString("en"));
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
  if (element.firstChild?.data !== text) element.textContent = text;
}
