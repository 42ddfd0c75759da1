import assert from "node:assert/strict";
import { test } from "node:test";

import { loopAround, nextPace, Pace } from "../../../static/js/lib/frames/playback-pace.js";

const dueOver = (msPerFrame, ticks) => {
  const pace = new Pace();
  pace.start(0);
  return ticks.map((now) => pace.due(now, msPerFrame));
};

test("a slow pace waits, a fast one advances several frames per update, and none is lost", () => {
  assert.deepEqual(dueOver(33, [16, 33, 50, 66]), [0, 1, 0, 1]);
  assert.deepEqual(dueOver(1, [16.5, 33, 50]), [17, 16, 17]);
  assert.equal(dueOver(7, Array.from({ length: 60 }, (_, i) => (i + 1) * 16.7)).reduce((a, b) => a + b), 143);
});

test("an update with a time before the start advances no frame", () => {
  assert.deepEqual(dueOver(10, [-200, 5, 10]), [0, 0, 1]);
});

test("after a hidden tab playback continues without catching up", () => {
  assert.deepEqual(dueOver(20, [20, 5020, 5040]), [1, 1, 1]);
});

test("the pace changes by one step, and stops at the ends", () => {
  const paces = [[33, -1], [33, 1], [40, 1], [1, -1], [1000, 1]].map((args) => nextPace(...args));
  assert.deepEqual(paces, [20, 50, 50, 1, 1000]);
});

test("a loop is the touch and some frames around it, within the block", () => {
  const holds = (frame) => frame >= 20 && frame < 30;
  const block = { start: 15, stop: 100 };
  assert.deepEqual(loopAround(22, holds, block), { start: 15, stop: 38 });
  assert.equal(loopAround(30, holds, block), null);
  assert.deepEqual(loopAround(99, () => true, block), { start: 15, stop: 100 });
});
