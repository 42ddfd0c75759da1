/** A note's maximum length; the server has the same limit. */
export const NOTE_MAX = 500;

/**
 * A note as it is stored, or why it cannot be.
 * @param {string} typed
 * @returns {{text: string} | {problem: string}}
 */
export function noteText(typed) {
  // The database stores neither unpaired surrogates nor NUL.
  const text = typed.toWellFormed().replaceAll("\0", "").trim();
  if (text.length <= NOTE_MAX) return { text };
  return { problem: `This note has ${text.length} characters. Shorten it to at most ${NOTE_MAX}.` };
}
