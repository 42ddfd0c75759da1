/**
 * A frame as text: its index, and its time from the trial's start.
 * @param {number} frame
 * @param {number} rateHz
 */
export function formatFrame(frame, rateHz) {
  const ms = (frame * 1000) / rateHz;
  return { frame: String(frame), time: `${Number.isInteger(ms) ? ms : ms.toFixed(1)} ms` };
}

/** Made once: creating a format costs more than all text updates of a key. */
const WHOLE = new Intl.NumberFormat("en");

/** A count with a separator between thousands. @param {number} count */
export const formatCount = (count) => WHOLE.format(count);

/** @param {number} count @param {string} one @param {string} [many] */
export const quantity = (count, one, many = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : many}`;

/** @param {number} value @param {number} low @param {number} high  both included */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
