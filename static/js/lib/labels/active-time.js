/** The time an annotator worked: pauses of more than half a minute do not count. */

const IDLE_MS = 30_000;

// Made once: they are used on every key.
const FINE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const COARSE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export class ActiveTime {
  #ms;
  #last;

  /** @param {{active_seconds: number, last_made_at: string | null}} work  from the server */
  constructor({ active_seconds: seconds, last_made_at: last }) {
    this.#ms = seconds * 1000;
    this.#last = last ? Date.parse(last) : NaN;
  }

  get minutes() {
    return this.#ms / 60_000;
  }

  /** Count an action at a time in ms. @param {number} now */
  note(now) {
    const gap = now - this.#last;
    if (gap > 0 && gap <= IDLE_MS) this.#ms += gap;
    if (!(gap < 0)) this.#last = now;
  }
}

/**
 * @param {{labelled: number, touches: number}} done
 * @param {number} minutes
 */
export function paceMessage({ labelled, touches }, minutes) {
  // After a few seconds of work the rates would still jump.
  if (minutes < 0.25) return "";
  const rate = (count) => (count / minutes < 10 ? FINE : COARSE).format(count / minutes);
  return `${rate(labelled)} frames, ${rate(touches)} touches per minute`;
}
