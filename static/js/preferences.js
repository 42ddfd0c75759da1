/** How an annotator likes the page, remembered by this browser. */

const KEY = "whacc-view";
const DEFAULTS = { count: 7, crisp: true, autoAdvance: false, framesPerSecond: 30, suggestions: true };

/** @returns {typeof DEFAULTS} */
export function readPreferences() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const known = Object.entries(stored).filter(([name, value]) => typeof value === typeof DEFAULTS[name]);
    return { ...DEFAULTS, ...Object.fromEntries(known) };
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {typeof DEFAULTS} preferences */
export function writePreferences(preferences) {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // A browser that remembers nothing starts with the defaults next time.
  }
}
