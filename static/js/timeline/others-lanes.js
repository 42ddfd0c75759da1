/**
 * Other annotators' labels of a clip, as thin lanes under the annotator's own on the timeline:
 * fetched once, and drawn with the background, never at a key. A blind annotator's page has none.
 * @typedef {{name: string, values: Int8Array}} Lane
 */
import { fetchJson } from "../browser/fetch-json.js";
import { UNLABELLED } from "../lib/labels/labels.js";
import { applyRuns, forEachRun } from "../lib/labels/runs.js";
import { labelColumns, OUTSIDE } from "../lib/timeline/timeline-scale.js";

/** The height of a lane, with the gap to the next. */
export const OTHER = 13;
const GAP = 2;
const NOT_LOADED = "Other annotators' labels did not load: reload the page";

/**
 * @param {string} url
 * @param {{start: number, stop: number}} clip
 * @returns {Promise<Lane[]>}
 */
export async function fetchLanes(url, { start, stop }) {
  const empty = () => new Int8Array(stop - start).fill(UNLABELLED);
  try {
    return (await fetchJson(url)).lanes.map(({ name, labels }) => {
      const values = empty();
      applyRuns(values, start, labels);
      return { name, values };
    });
  } catch {
    return [{ name: NOT_LOADED, values: empty() }];
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Lane[]} lanes
 * @param {object} look  first: the clip's first frame; top and left: of the first lane
 */
export function drawLanes(context, lanes, { first, scale, marks, palette, left, top, columns }) {
  const shown = new Int8Array(columns);
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  lanes.forEach(({ name, values }, index) => {
    const y = top + index * OTHER + GAP;
    labelColumns(values, first, scale, shown, 0, columns);
    forEachRun(shown, 0, columns, (start, stop, value) => {
      if (value !== OUTSIDE) marks.band(left + start, y, stop - start, OTHER - GAP, value);
    });
    // Legible on every label: the name has an outline in the background's colour.
    context.strokeStyle = palette.surface;
    context.strokeText(name, left + 4, y + (OTHER - GAP) / 2 + 0.5);
    context.fillStyle = palette.ink;
    context.fillText(name, left + 4, y + (OTHER - GAP) / 2 + 0.5);
  });
}
