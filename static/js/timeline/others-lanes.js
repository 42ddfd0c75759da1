/**
 * What others say of a clip, as thin lanes under one's own on the timeline: asked for once, and
 * drawn with the ground, never at a key. A blind annotator's page has no such thing.
 * @typedef {{name: string, values: Int8Array}} Lane
 */
import { applyRuns, UNLABELLED } from "../lib/labels/labels.js";
import { labelColumns, OUTSIDE } from "../lib/timeline/timeline-scale.js";

/** How high a lane is, with what parts it from the next. */
export const OTHER = 13;
const GAP = 2;
const NOT_ARRIVED = "What others say did not arrive: reload the page";

/**
 * @param {string} url
 * @param {{start: number, stop: number}} clip
 * @returns {Promise<Lane[]>}
 */
export async function fetchLanes(url, { start, stop }) {
  const empty = () => new Int8Array(stop - start).fill(UNLABELLED);
  try {
    const response = await fetch(url, { redirect: "error", headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return (await response.json()).lanes.map(({ name, labels }) => {
      const values = empty();
      applyRuns(values, start, labels);
      return { name, values };
    });
  } catch {
    return [{ name: NOT_ARRIVED, values: empty() }];
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Lane[]} lanes
 * @param {object} look  first: of the clip; top and left: where the first lane begins
 */
export function drawLanes(context, lanes, { first, scale, marks, palette, left, top, columns }) {
  const shown = new Int8Array(columns);
  context.font = `10px ${palette.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.lineJoin = "round";
  lanes.forEach(({ name, values }, place) => {
    const y = top + place * OTHER + GAP;
    labelColumns(values, first, scale, shown, 0, columns);
    for (let start = 0, stop; start < columns; start = stop) {
      stop = start + 1;
      while (stop < columns && shown[stop] === shown[start]) stop += 1;
      if (shown[start] !== OUTSIDE) marks.band(left + start, y, stop - start, OTHER - GAP, shown[start]);
    }
    // Legible on every label: the name has a rim of the ground's colour.
    context.strokeStyle = palette.surface;
    context.strokeText(name, left + 4, y + (OTHER - GAP) / 2 + 0.5);
    context.fillStyle = palette.ink;
    context.fillText(name, left + 4, y + (OTHER - GAP) / 2 + 0.5);
  });
}
