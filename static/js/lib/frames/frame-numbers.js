/**
 * A frame in words: its index, and its time from the trial's start.
 * @param {number} frame
 * @param {number} rateHz
 */
export function framePlace(frame, rateHz) {
  const ms = (frame * 1000) / rateHz;
  return { frame: String(frame), time: `${Number.isInteger(ms) ? ms : ms.toFixed(1)} ms` };
}

/** Made once: a format costs more to make than all the words of a key. */
const WHOLE = new Intl.NumberFormat("en");

/** A count with its thousands apart. @param {number} count */
export const grouped = (count) => WHOLE.format(count);

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;

/** @param {number} value @param {number} low @param {number} high  both included */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
