/** Moving the edges of touches, and from touch to touch. Labels are arrays as in labels.js. */
import { NOT_TOUCH, TOUCH, UNLABELLED } from "./labels.js";
import { runAround } from "./runs.js";

/**
 * The touch at a frame, else the nearest before it, as [onset, offset); else null.
 * @param {Int8Array} labels  labels[0] is frame `first`
 * @param {number} first
 * @param {number} frame
 * @returns {[number, number] | null}
 */
export function touchBefore(labels, first, frame) {
  const at = labels.lastIndexOf(TOUCH, Math.min(frame - first, labels.length - 1));
  if (frame < first || at < 0) return null;
  return runAround(first + at, (each) => labels[each - first] === TOUCH);
}

/**
 * The run that moves a touch's onset or offset by a frame, and the frame to go to. A frame that
 * leaves the touch takes the label of its neighbour outside, "not touch" if that has none.
 * @param {Int8Array} labels
 * @param {number} first
 * @param {[number, number]} touch
 * @param {"onset" | "offset"} edge
 * @param {number} by  -1 earlier, 1 later
 * @returns {{run: import("./runs.js").Run, frame: number} | {problem: string}}
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
  const leaving = edge === "onset" ? onset : offset - 1;
  return {
    run: [leaving, leaving + 1, beyond === UNLABELLED ? NOT_TOUCH : beyond],
    frame: edge === "onset" ? onset + 1 : offset - 2,
  };
}

/**
 * The next onset after a frame, or the previous one before it; null if there is none.
 * @param {(frame: number) => boolean} isTouch  false beyond [start, stop)
 * @param {number} start
 * @param {number} stop
 * @param {number} frame
 * @param {number} direction  1 or -1
 */
export function nextOnset(isTouch, start, stop, frame, direction) {
  return search(start, stop, frame, direction, (at) => isTouch(at) && !isTouch(at - 1));
}

/** The next or previous first or last frame of a touch, with the parameters of `nextOnset`. */
export function nextEdge(isTouch, start, stop, frame, direction) {
  return search(start, stop, frame, direction, (at) => isTouch(at) && !(isTouch(at - 1) && isTouch(at + 1)));
}

/**
 * The next frame beyond `frame` for which something holds; null if there is none.
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
