/**
 * A labelling page without a browser: real keys, real actions and real labels, without drawing.
 * Tests and benchmarks press keys on it.
 */
import { act } from "../../../static/js/labelling/label-actions.js";
import { ClipLabels } from "../../../static/js/lib/labels/clip-labels.js";
import { clamp } from "../../../static/js/lib/frames/frame-numbers.js";
import { parseStroke } from "../../../static/js/lib/keys/key-strokes.js";
import { KeyPresses } from "../../../static/js/lib/keys/key-presses.js";
import { Keymap } from "../../../static/js/lib/keys/keymap.js";
import { runsOf } from "../../../static/js/lib/labels/runs.js";
import { OperationQueue } from "../../../static/js/lib/saving/operation-queue.js";
import { Suggestions } from "../../../static/js/lib/labels/suggestions.js";

const nothing = () => {};
const NONE_HELD = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

export class Desk {
  gesture = {};
  hints = [];
  left = false;
  /** Keydowns without the repeats of a held key. */
  keyActions = 0;
  playback = { stop: nothing, toggle: nothing };
  readout = { showPreferences: nothing };
  #heldDown = null;
  endGesture = () => { this.gesture = {}; };

  /**
   * @param {{start: number, stop: number, frame?: number, scores?: Float32Array, keymap?: Keymap,
   *   runs?: import("../../../static/js/lib/labels/runs.js").Run[]}} clip
   */
  constructor({ start, stop, frame = start, scores = null, keymap = new Keymap(), runs = [] }) {
    this.frame = frame;
    this.block = { start: Math.max(0, start - 10), stop: stop + 10 };
    this.preferences = { autoAdvance: false, suggestions: true };
    this.suggestions = scores && new Suggestions(scores, this.block.start, 0.5);
    let made = 0;
    this.queue = new OperationQueue({ client: "desk", newId: () => `op${(made += 1)}`, now: () => new Date(0) });
    this.labels = new ClipLabels({
      clip: { start, stop }, runs, revision: 0, queue: this.queue, suggestionShown: false, onOperation: nothing,
    });
    this.presses = new KeyPresses({
      keymap,
      onRow: ({ action, amount }, repeat) => act(this, action, amount, repeat),
      onGestureEnd: this.endGesture,
    });
  }

  get shownSuggestions() {
    return this.preferences.suggestions ? this.suggestions : null;
  }

  get runs() {
    return runsOf(this.labels.values, this.labels.start);
  }

  goTo(frame) {
    this.frame = clamp(frame, this.block.start, this.block.stop - 1);
  }

  prefer(changes) {
    Object.assign(this.preferences, changes);
  }

  hint(text) {
    this.hints.push(text);
  }

  refresh() {}
  redraw() {}

  leave() {
    this.left = true;
  }

  /** Press keys one after the other; modifiers are keys too. */
  press(...texts) {
    for (const text of texts) this.hold(text, 1);
  }

  /** Hold a modifier down during key presses: one key action for all of them. */
  within(modifier, presses) {
    this.#down({ ...NONE_HELD, key: modifier, code: `${modifier}Left` }, false);
    this.#heldDown = modifier;
    presses();
    this.#heldDown = null;
    this.presses.up({ ...NONE_HELD, key: modifier, code: `${modifier}Left`, repeat: false });
  }

  /** Hold a key until it has acted `times` times. */
  hold(text, times) {
    const { key, code, shift, control, alt } = parseStroke(text);
    const held = { shiftKey: shift, ctrlKey: control, altKey: alt, metaKey: false };
    const needed = [shift && "Shift", control && "Control", alt && "Alt"];
    const modifiers = needed.filter((each) => each && each !== this.#heldDown);
    for (const modifier of modifiers) this.#down({ ...held, key: modifier, code: `${modifier}Left` }, false);
    for (let n = 0; n < times; n += 1) this.#down({ ...held, key: key || "Shift", code }, n > 0);
    this.presses.up({ ...held, key: key || "Shift", code, repeat: false });
    for (const modifier of modifiers) {
      this.presses.up({ ...held, key: modifier, code: `${modifier}Left`, repeat: false });
    }
  }

  #down(press, repeat) {
    if (!repeat) this.keyActions += 1;
    this.presses.down({ ...press, repeat });
  }
}
