/** Moving the borders of touches, and from touch to touch. Labels are arrays as in labels.js. */
import { NOT_TOUCH, TOUCH, UNLABELLED } from "./labels.js";

/**
 * The touch under a frame, else the nearest before it, as [onset, offset); else null.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {number} frame
 * @returns {[number, number] | null}
 */
export function touchBefore(labels, first, frame) {
  let at = Math.min(frame - first, labels.length - 1);
  while (at >= 0 && labels[at] !== TOUCH) at -= 1;
  if (at < 0) return null;
  let onset = at;
  let offset = at + 1;
  while (onset > 0 && labels[onset - 1] === TOUCH) onset -= 1;
  while (offset < labels.length && labels[offset] === TOUCH) offset += 1;
  return [first + onset, first + offset];
}

/**
 * The run that moves a touch's onset or offset by a frame, and the frame to look at then. What
 * the touch gives up takes the label of what lies beyond, "not touch" where nothing is said.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {[number, number]} touch
 * @param {"onset" | "offset"} edge
 * @param {number} by  -1 earlier, 1 later
 * @returns {{run: import("./labels.js").Run, frame: number} | {problem: string}}
 */
export function nudged(labels, first, [onset, offset], edge, by) {
  const grows = (edge === "onset") === (by < 0);
  const outside = edge === "onset" ? onset - 1 : offset;
  const isInside = outside >= first && outside < first + labels.length;
  if (grows) {
    if (!isInside) return { problem: "The clip ends here" };
    return { run: [outside, outside + 1, TOUCH], frame: outside };
  }
  if (offset - onset === 1) return { problem: "This touch is one frame long: label the frame to remove it" };
  const beyond = isInside ? labels[outside - first] : UNLABELLED;
  const given = edge === "onset" ? onset : offset - 1;
  return {
    run: [given, given + 1, beyond === UNLABELLED ? NOT_TOUCH : beyond],
    frame: edge === "onset" ? onset + 1 : offset - 2,
  };
}

/**
 * The next onset after a frame, or the one before it; null when there is none.
 * @param {(frame: number) => boolean} isTouch  false beyond [start, stop)
 * @param {number} start
 * @param {number} stop
 * @param {number} frame
 * @param {number} direction  1 or -1
 */
export function nextOnset(isTouch, start, stop, frame, direction) {
  return search(start, stop, frame, direction, (at) => isTouch(at) && !isTouch(at - 1));
}

/** The next first or last frame of a touch; as nextOnset. */
export function nextEdge(isTouch, start, stop, frame, direction) {
  return search(start, stop, frame, direction, (at) => isTouch(at) && !(isTouch(at - 1) && isTouch(at + 1)));
}

/**
 * The next frame beyond `frame` for which something holds; null when there is none.
 * @param {number} start
 * @param {number} stop
 * @param {number} frame
 * @param {number} direction  1 or -1
 * @param {(frame: number) => boolean} holds
 */
function search(start, stop, frame, direction, holds) {
  let at = direction > 0 ? Math.max(frame + 1, start) : Math.min(frame - 1, stop - 1);
  for (; at >= start && at < stop; at += direction) if (holds(at)) return at;
  return null;
}
