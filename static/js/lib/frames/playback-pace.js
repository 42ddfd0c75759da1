/** How many frames are due when every frame is shown for a number of milliseconds. */
import { runAround } from "../labels/runs.js";

/** The steps of the pace keys, in ms per frame. */
export const PACES_MS = [1, 2, 5, 10, 20, 33, 50, 100, 200, 500, 1000];
/** After a longer gap, for example in a hidden tab, continue from here instead of catching up. */
const GAP_MS = 250;

export class Pace {
  #last = 0;

  /** @param {number} now  in ms */
  start(now) {
    this.#last = now;
  }

  /** @param {number} now @param {number} msPerFrame */
  due(now, msPerFrame) {
    const late = now - this.#last;
    if (late > msPerFrame + GAP_MS) {
      this.#last = now;
      return 1;
    }
    // Screen updates are slightly uneven: half a millisecond early is on time. The first update
    // may have a time before the start.
    const frames = Math.max(0, Math.floor((late + 0.5) / msPerFrame));
    this.#last += frames * msPerFrame;
    return frames;
  }
}

/** The next slower (1) or faster (-1) pace. @param {number} msPerFrame @param {number} way */
export function nextPace(msPerFrame, way) {
  const beyond = PACES_MS.filter((pace) => (pace - msPerFrame) * way > 0);
  return (way > 0 ? beyond[0] : beyond.at(-1)) ?? msPerFrame;
}

/**
 * The frames to repeat: the run of frames around a frame for which something holds, and some on
 * each side; null if it does not hold for the frame.
 * @param {number} frame
 * @param {(frame: number) => boolean} holds
 * @param {{start: number, stop: number}} block
 * @param {number} [around]
 */
export function loopAround(frame, holds, { start, stop }, around = 8) {
  if (!holds(frame)) return null;
  const [first, last] = runAround(frame, holds, start, stop);
  return { start: Math.max(start, first - around), stop: Math.min(stop, last + around) };
}
