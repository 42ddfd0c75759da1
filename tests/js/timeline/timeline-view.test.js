import assert from "node:assert/strict";
import { test } from "node:test";
import { TimelineView } from "../../../static/js/lib/timeline/timeline-view.js";

const shown = ({ start, stop }) => [start, stop];

test("zooming keeps the position of the frame, from the whole clip down to twenty frames", () => {
  const view = new TimelineView(0, 10_000);
  view.zoom(10, 2500);
  assert.deepEqual(shown(view), [2250, 3250]);
  for (let n = 0; n < 20; n += 1) view.zoom(2, 2500);
  assert.equal(view.stop - view.start, 20);
  assert.ok(view.start <= 2500 && 2500 < view.stop);
  for (let n = 0; n < 20; n += 1) view.zoom(1 / 2, 2500);
  assert.equal(view.isWhole, true);
});

test("a clip shorter than twenty frames is always shown whole", () => {
  const view = new TimelineView(5, 15);
  view.zoom(4, 9);
  assert.equal(view.isWhole, true);
});

test("the view follows the cursor, and never leaves the block", () => {
  const view = new TimelineView(100, 1100);
  view.zoom(10, 190);
  assert.equal(view.follow(190), false);
  assert.equal(view.follow(600), true);
  assert.deepEqual(shown(view), [550, 650]);
  assert.equal(view.follow(645), true);
  view.follow(1099);
  assert.deepEqual(shown(view), [1000, 1100]);
  view.pan(-5000);
  assert.deepEqual(shown(view), [100, 200]);
});
