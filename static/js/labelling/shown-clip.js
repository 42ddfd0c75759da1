/**
 * A clip as the filmstrip and the timeline draw it.
 * @param {object} state  the assignment's, from the server
 * @param {import("../frames/clip-media.js").ClipMedia} media
 * @param {{has: (frame: number) => boolean, at: (frame: number) => number}} labels
 * @param {Float32Array | null} scores  of the block's frames
 */
export const shownClip = ({ scores: model, in_reach: inRange, others }, media, labels, scores) =>
  ({ media, sheets: media.sheets, labels, scores, threshold: model?.threshold ?? 0, inRange, others });
