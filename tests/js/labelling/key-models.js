/**
 * How many key actions (keydowns without the repeats of a held key) known labels need: in WhACC's
 * own window, and on our page with its real keys and actions. Both label every frame, blind.
 * @typedef {[number, number, number]} Run  [start, stop, value], without gaps
 */
import { Keymap } from "../../../static/js/lib/keys/keymap.js";
import { Desk } from "./desk.js";

const VALUE_KEYS = { 0: "ArrowDown", 1: "ArrowUp" };

/**
 * WhACC's window: a key labels the current frame, another moves on; holding the label key
 * labels the same frame again and again, and no key labels more than one frame.
 * @param {Run[]} truth
 */
export function whaccKeyActions(truth) {
  const start = truth[0][0];
  const stop = truth.at(-1)[1];
  const labels = new Map();
  let frame = start;
  let keyActions = 0;
  const press = (key) => {
    keyActions += 1;
    if (key === "ArrowRight") frame += 1;
    else labels.set(frame, key === "ArrowUp" ? 1 : 0);
  };
  for (const [from, to, value] of truth) {
    for (let each = from; each < to; each += 1) {
      press(VALUE_KEYS[value]);
      if (each + 1 < stop) press("ArrowRight");
    }
  }
  return { keyActions, labels: Array.from({ length: stop - start }, (_, index) => labels.get(start + index)) };
}

/**
 * Our page: Shift and the label key, held for as long as the run lasts, in WhACC's preset.
 * @param {Run[]} truth
 * @param {number} tapped  how many of each run's last frames are tapped one by one, since
 *   annotators do not release a key on the exact frame
 */
export function ourKeyActions(truth, tapped = 0) {
  const desk = new Desk({ start: truth[0][0], stop: truth.at(-1)[1], keymap: new Keymap() });
  for (const [from, to, value] of truth) {
    const key = `Shift+${VALUE_KEYS[value]}`;
    const taps = Math.min(tapped, to - from);
    const held = to - from - taps;
    desk.within("Shift", () => {
      if (held) desk.hold(key, held);
      for (let tap = 0; tap < taps; tap += 1) desk.press(key);
    });
  }
  return { keyActions: desk.keyActions, labels: [...desk.labels.values] };
}

/** The key actions of one touch, from the frame before its onset to the frame after its end. */
export function touchKeyActions(length) {
  const desk = new Desk({ start: 0, stop: length + 20, frame: 4 });
  desk.press("ArrowRight");
  desk.hold("Shift+ArrowUp", length);
  return { keyActions: desk.keyActions, runs: desk.runs, frame: desk.frame };
}

/** Touches of 1 to 200 frames between gaps of 1 to 400, short ones more often. */
export function mixedSession(seed, nTouches) {
  const random = seeded(seed);
  const length = (most) => Math.max(1, Math.round(most ** random()));
  const runs = [];
  let at = 0;
  for (let touch = 0; touch < nTouches; touch += 1) {
    for (const [most, value] of [[400, 0], [200, 1]]) {
      const stop = at + length(most);
      runs.push([at, stop, value]);
      at = stop;
    }
  }
  runs.push([at, at + 50, 0]);
  return runs;
}

/** mulberry32: the same numbers everywhere for the same seed. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
