/** What a note may hold; the server holds it to the same. */
export const NOTE_MAX = 500;

/**
 * A note as it is kept, or why it cannot be.
 * @param {string} typed
 * @returns {{text: string} | {problem: string}}
 */
export function noteText(typed) {
  // Neither halves of characters nor NUL can be stored.
  const text = typed.toWellFormed().replaceAll("\0", "").trim();
  if (text.length <= NOTE_MAX) return { text };
  return { problem: `A note takes at most ${NOTE_MAX} characters, this has ${text.length}: shorten it.` };
}
