/**
 * The words and numbers around the pictures. They change after the picture is on the screen,
 * so that no layout stands between a key and what it shows.
 */
import { counted, framePlace } from "./lib/frame-place.js";
import { countLabels, labelName, labelSays } from "./lib/labels.js";

const SPOKEN_AFTER_MS = 400;

export class Readout {
  #soon = 0;
  #spoken = 0;

  /** @param {HTMLElement} root @param {object} state  as the server gave it */
  constructor(root, state) {
    const find = (name) => root.querySelector(`[data-readout="${name}"]`);
    this.root = root;
    this.state = state;
    this.frame = find("frame");
    this.time = find("time");
    this.label = find("label");
    this.counts = find("counts");
    this.clipProgress = find("clip-progress");
    this.total = find("total");
    this.spoken = find("spoken");
    this.clipProgress.max = state.clip.stop - state.clip.start;
    find("subset-total").textContent = state.progress.total.toLocaleString("en");
    const kept = state.labels.reduce((sum, [start, stop]) => sum + stop - start, 0);
    this.labelledElsewhere = state.progress.labelled - kept;
  }

  /** @param {import("./elements/label-page.js").LabelPage} page */
  showSoon(page) {
    this.#soon ||= setTimeout(() => {
      this.#soon = 0;
      this.#show(page);
    });
  }

  /** @param {boolean} playing */
  showPlaying(playing) {
    const button = this.#button("play");
    button.setAttribute("aria-pressed", String(playing));
    button.querySelector("span").textContent = playing ? "Pause" : "Play";
  }

  /** @param {{count: number, crisp: boolean, autoAdvance: boolean, framesPerSecond: number}} preferences */
  showPreferences({ count, crisp, autoAdvance, framesPerSecond }) {
    this.root.querySelector('[name="count"]').value = count;
    this.root.querySelector('[name="framesPerSecond"]').value = framesPerSecond;
    this.root.querySelector('[name="crisp"]').checked = crisp;
    this.#button("auto-advance").setAttribute("aria-pressed", String(autoAdvance));
  }

  #show({ frame, labels, timeline, strip }) {
    const place = framePlace(frame, this.state.rate_hz);
    const value = labels.at(frame);
    const says = labels.has(frame) ? labelSays(value) : "context";
    this.frame.textContent = place.frame;
    this.time.textContent = place.time;
    this.label.textContent = says;
    this.label.dataset.label = labelName(value);
    this.#showCounts(labels.values);
    const sentence = `Frame ${place.frame}, ${place.time}: ${says}`;
    timeline.describe(frame, sentence);
    strip.describe(sentence);
    this.#speakSoon(sentence);
  }

  #showCounts(values) {
    const { labelled, touches } = countLabels(values);
    const done = `labelled ${labelled.toLocaleString("en")} of ${values.length.toLocaleString("en")}`;
    this.counts.textContent = `${done} · ${counted(touches, "touch", "touches")}`;
    this.clipProgress.value = labelled;
    this.clipProgress.dataset.state = labelled === values.length ? "done" : "";
    this.total.textContent = (this.labelledElsewhere + labelled).toLocaleString("en");
    this.#showNext(labelled === values.length);
  }

  /** The button says what Enter does now. */
  #showNext(finished) {
    const button = this.#button("next-clip");
    const onwards = this.state.next_url ? "Next clip" : "Finish";
    button.dataset.kind = finished ? "main" : "";
    button.querySelector("span").textContent = finished ? onwards : "Next gap";
  }

  /** A held key must not make a screen reader recite every frame on the way. */
  #speakSoon(sentence) {
    clearTimeout(this.#spoken);
    this.#spoken = setTimeout(() => { this.spoken.textContent = sentence; }, SPOKEN_AFTER_MS);
  }

  #button(action) {
    return this.root.querySelector(`button[data-action="${action}"]`);
  }
}
