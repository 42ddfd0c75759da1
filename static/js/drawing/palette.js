/**
 * The colours of tokens.css for canvases, in the page's colour scheme. A canvas does not understand
 * light-dark(): an element that uses a token has the colour that the browser computes.
 */

const TOKENS = [
  "ink", "ink-soft", "ink-faint", "rule", "rule-strong", "surface", "sunken", "stage", "accent", "score", "score-tint",
  "touch", "touch-ink", "not-touch", "not-touch-ink", "not-touch-tint", "unsure", "unsure-ink", "unsure-tint",
];

const dark = matchMedia("(prefers-color-scheme: dark)");
/** @type {Map<boolean, Record<string, string>>} by whether the scheme is dark */
const palettes = new Map();

/** @returns {Record<string, string>} */
export function readPalette() {
  if (!palettes.has(dark.matches)) palettes.set(dark.matches, newPalette());
  return palettes.get(dark.matches);
}

/** @param {() => void} onChange */
export const watchPalette = (onChange) => dark.addEventListener("change", onChange);

function newPalette() {
  const sample = document.createElement("span");
  // In the head, where no layout depends on it.
  document.head.append(sample);
  const style = getComputedStyle(sample);
  const palette = { font: style.getPropertyValue("--font").trim() };
  for (const token of TOKENS) {
    sample.style.color = `var(--${token})`;
    palette[token] = style.color;
  }
  sample.remove();
  return palette;
}
