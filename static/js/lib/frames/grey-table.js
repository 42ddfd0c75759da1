/**
 * The grey level on the screen for each grey level of a video. A look-up costs the same for every
 * contrast and brightness.
 */

/**
 * @param {Uint8Array} table  of 256, filled in place
 * @param {{contrast: number, brightness: number}} view  0 and 0: as recorded; contrast in
 *   tenths of a doubling, around middle grey
 */
export function fillGreyTable(table, { contrast, brightness }) {
  const slope = 2 ** (contrast / 10);
  for (let grey = 0; grey < 256; grey += 1) {
    const value = Math.round((grey - 128) * slope + 128 + brightness);
    table[grey] = Math.min(255, Math.max(0, value));
  }
}

/**
 * Frames to pixels of a canvas: grey, or a frame and the two before it as blue, green and red, as
 * the model sees them. The first frame also serves as the frames before it.
 * @param {Uint32Array} out
 * @param {Uint8Array} frames
 * @param {{first: number, count: number, framePixels: number, lags: boolean, table: Uint8Array}} parts
 */
export function paintFrames(out, frames, { first, count, framePixels, lags, table }) {
  for (let index = 0; index < count; index += 1) {
    const frame = first + index;
    const now = frame * framePixels;
    const before = lags ? Math.max(0, frame - 1) * framePixels : now;
    const earlier = lags ? Math.max(0, frame - 2) * framePixels : now;
    const at = index * framePixels;
    for (let i = 0; i < framePixels; i += 1) {
      // Little-endian: alpha, blue, green, red.
      out[at + i] = 0xff000000 | (table[frames[now + i]] << 16) | (table[frames[before + i]] << 8)
        | table[frames[earlier + i]];
    }
  }
}
