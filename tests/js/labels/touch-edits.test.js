import assert from "node:assert/strict";
import { test } from "node:test";
import { nextEdge, nextOnset, nudged, touchBefore } from "../../../static/js/lib/labels/touch-edits.js";

//                          10       13       16          20
const labels = Int8Array.of(0, 1, 1, -1, 2, 1, 0, 0, 1, 1);
const isTouch = (frame) => labels[frame - 10] === 1;

test("the touch is the one under the cursor, else the nearest before it", () => {
  const found = [10, 11, 12, 14, 15, 17, 19, 25].map((frame) => touchBefore(labels, 10, frame));
  assert.deepEqual(found, [null, [11, 13], [11, 13], [11, 13], [15, 16], [15, 16], [18, 20], [18, 20]]);
});

test("an edge moves by a frame, and a frame that leaves the touch takes the label beyond", () => {
  assert.deepEqual(nudged(labels, 10, [11, 13], "onset", -1), { run: [10, 11, 1], frame: 10 });
  assert.deepEqual(nudged(labels, 10, [11, 13], "onset", 1), { run: [11, 12, 0], frame: 12 });
  assert.deepEqual(nudged(labels, 10, [11, 13], "offset", 1), { run: [13, 14, 1], frame: 13 });
  assert.deepEqual(nudged(labels, 10, [11, 13], "offset", -1), { run: [12, 13, 0], frame: 11 });
  assert.deepEqual(nudged(Int8Array.of(2, 1, 1), 0, [1, 3], "onset", 1), { run: [1, 2, 2], frame: 2 });
});

test("an edge stays in the clip, and a touch does not vanish by nudging", () => {
  assert.match(nudged(labels, 10, [18, 20], "offset", 1).problem, /clip ends/u);
  assert.deepEqual(nudged(labels, 10, [18, 20], "offset", -1), { run: [19, 20, 0], frame: 18 });
  assert.match(nudged(labels, 10, [15, 16], "onset", 1).problem, /one frame long/u);
});

test("jumps go from onset to onset and edge to edge, and end at the ends", () => {
  const hops = (next, direction, from) => {
    const seen = [];
    const after = (frame) => next(isTouch, 10, 20, frame, direction);
    for (let at = after(from); at !== null; at = after(at)) seen.push(at);
    return seen;
  };
  assert.deepEqual(hops(nextOnset, 1, 0), [11, 15, 18]);
  assert.deepEqual(hops(nextOnset, -1, 30), [18, 15, 11]);
  assert.deepEqual(hops(nextEdge, 1, 10), [11, 12, 15, 18, 19]);
  assert.deepEqual(hops(nextEdge, -1, 18), [15, 12, 11]);
});
