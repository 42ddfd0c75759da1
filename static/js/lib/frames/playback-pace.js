/** How many frames are due when every frame is to stay for so many milliseconds. */

/** From 1 ms a frame to 1 s: the steps that a key takes. */
export const PACES_MS = [1, 2, 5, 10, 20, 33, 50, 100, 200, 500, 1000];
/** After a longer gap, as in a tab that was hidden, go on instead of rushing after the clock. */
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
    // Screens tick a little unevenly: half a millisecond early is on time. The first tick
    // may bear a time from before the start.
    const frames = Math.max(0, Math.floor((late + 0.5) / msPerFrame));
    this.#last += frames * msPerFrame;
    return frames;
  }
}

/** The next slower (1) or faster (-1) pace. @param {number} msPerFrame @param {number} way */
export function otherPace(msPerFrame, way) {
  const beyond = PACES_MS.filter((pace) => (pace - msPerFrame) * way > 0);
  return (way > 0 ? beyond[0] : beyond.at(-1)) ?? msPerFrame;
}

/**
 * The frames to play again and again: the run of `is` around a frame and some on each side;
 * null when the frame is in none.
 * @param {number} frame
 * @param {(frame: number) => boolean} is
 * @param {{start: number, stop: number}} block
 * @param {number} [around]
 */
export function loopAround(frame, is, { start, stop }, around = 8) {
  if (!is(frame)) return null;
  let first = frame;
  let last = frame;
  while (first > start && is(first - 1)) first -= 1;
  while (last < stop - 1 && is(last + 1)) last += 1;
  return { start: Math.max(start, first - around), stop: Math.min(stop, last + 1 + around) };
}
