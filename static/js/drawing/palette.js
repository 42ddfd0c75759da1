/** The colours of tokens.css for canvases, light or dark as the rest of the page. */

const TOKENS = [
  "ink", "ink-soft", "ink-faint", "rule", "rule-strong", "surface", "sunken", "stage", "accent", "score", "score-tint",
  "touch", "touch-ink", "not-touch", "not-touch-ink", "not-touch-tint", "unsure", "unsure-ink", "unsure-tint",
];

/** @returns {Record<string, string>} */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()]));
  palette.font = style.getPropertyValue("--font").trim();
  return palette;
}

/** @param {() => void} onChange */
export const watchPalette = (onChange) =>
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", onChange);
