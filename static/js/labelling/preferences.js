/** The annotator's view preferences, stored by this browser. */

const KEY = "whacc-view";
const DEFAULTS = {
  count: 7, zoom: 0, crisp: true, lags: false, contrast: 0, brightness: 0, msPerFrame: 33,
  autoAdvance: false, suggestions: true, introRead: false,
};
/** Values outside these ranges come from another version of the page, or from editing by hand. */
const RANGES = {
  count: (value) => value % 2 === 1 && value >= 3 && value <= 21,
  zoom: (value) => value === 0 || (value >= 1 && value <= 32),
  contrast: (value) => value >= -20 && value <= 30,
  brightness: (value) => value >= -100 && value <= 100,
  msPerFrame: (value) => value >= 1 && value <= 1000,
};

/** The look of the frames as recorded. */
export const PLAIN_LOOK = { lags: false, contrast: 0, brightness: 0 };

/** @returns {typeof DEFAULTS} */
export function readPreferences() {
  try {
    return validPreferences(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch {
    return { ...DEFAULTS };
  }
}

/** @param {object} stored @returns {typeof DEFAULTS} */
export function validPreferences(stored) {
  const known = Object.entries(stored).filter(
    ([name, value]) => typeof value === typeof DEFAULTS[name] && (RANGES[name]?.(value) ?? true),
  );
  return { ...DEFAULTS, ...Object.fromEntries(known) };
}

/** @param {typeof DEFAULTS} preferences */
export function writePreferences(preferences) {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Without storage the page starts with the defaults next time.
  }
}
