/**
 * The positions of the filmstrip's frames, in CSS pixels. The current frame is in the middle,
 * larger than its neighbours where there is room; all share a baseline.
 * @typedef {{offset: number, x: number, y: number, width: number, height: number}} Tile
 * @typedef {{tiles: Tile[], baseline: number, left: number, right: number}} Layout
 */

const GAP = 6;
/** The size of the current frame relative to a neighbour, at least and at most. */
const EMPHASIS_MIN = 2.4;
const EMPHASIS_MAX = 3;

/**
 * @param {object} room
 * @param {number} room.width    of the strip
 * @param {number} room.height   for the images alone
 * @param {number} room.count    odd
 * @param {number} room.frameWidth   px of the video
 * @param {number} room.frameHeight
 * @param {number} room.pixelRatio   device pixels for each CSS pixel
 * @param {boolean} room.crisp   whole multiples only, so that every pixel is the same size
 * @param {number} [room.zoom]   of the current frame, as far as it fits; 0: automatic
 * @returns {Layout}
 */
export function filmstripLayout({ width, height, count, frameWidth, frameHeight, pixelRatio, crisp, zoom = 0 }) {
  const free = Math.max(1, width - GAP * (count - 1));
  const snap = (scale) => (crisp ? wholeScale(scale, pixelRatio) : scale);
  const tallest = height / frameHeight;
  const room = free / frameWidth;
  const { neighbour, middle } = zoom
    ? zoomedScales({ snap, zoom, tallest, count, room })
    : scales({ snap, tallest, count, room, pixelRatio, crisp });
  const total = frameWidth * (middle + neighbour * (count - 1)) + GAP * (count - 1);
  const baseline = Math.round((height + frameHeight * middle) / 2);
  const half = (count - 1) / 2;
  let x = Math.round((width - total) / 2);
  const tiles = [];
  for (let offset = -half; offset <= half; offset += 1) {
    const scale = offset === 0 ? middle : neighbour;
    const [tileWidth, tileHeight] = [frameWidth * scale, frameHeight * scale];
    const tile = { offset, x, y: baseline - tileHeight, width: tileWidth, height: tileHeight };
    tiles.push(tile);
    x += tile.width + GAP;
  }
  return { tiles, baseline, left: tiles[0].x, right: x - GAP };
}

/** The largest whole number of device pixels per video pixel that fits; the scale itself if below one. */
function wholeScale(scale, pixelRatio) {
  const whole = Math.floor(scale * pixelRatio + 1e-6) / pixelRatio;
  return whole > 0 ? whole : scale;
}

/** Neighbours as large as possible while the current frame still stands out. */
function scales({ snap, tallest, count, room, pixelRatio, crisp }) {
  const even = snap(Math.min(tallest, room / count));
  const step = crisp ? 1 / pixelRatio : even / 20;
  const middleFor = (neighbour) =>
    snap(Math.min(tallest, room - neighbour * (count - 1), neighbour * EMPHASIS_MAX));
  let best = { neighbour: even, middle: 0 };
  for (let neighbour = even; neighbour >= even / 2 && neighbour > 0; neighbour = neighbour - step) {
    const middle = middleFor(neighbour);
    // Make neighbours smaller only for a larger current frame.
    if (middle > best.middle) best = { neighbour, middle };
    if (middle >= neighbour * EMPHASIS_MIN) return best;
  }
  return { neighbour: even, middle: Math.max(even, middleFor(even)) };
}

/** The current frame at the chosen zoom, neighbours in the remaining width. */
function zoomedScales({ snap, zoom, tallest, count, room }) {
  const even = snap(Math.min(tallest, room / count));
  const middle = Math.max(snap(Math.min(zoom, tallest, room / 2)), Math.min(even, snap(zoom)));
  return { neighbour: Math.min(middle, snap((room - middle) / (count - 1))), middle };
}

/**
 * The tile under a point, or null.
 * @param {Layout} layout
 * @param {number} x
 */
export const tileAt = (layout, x) => layout.tiles.find((tile) => x >= tile.x && x < tile.x + tile.width) ?? null;
