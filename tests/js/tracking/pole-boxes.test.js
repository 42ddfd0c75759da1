import assert from "node:assert/strict";
import { test } from "node:test";
import { boxesAt, clampToFrame } from "../../../static/js/lib/tracking/pole-boxes.js";

test("an odd template is centred on the pole, and the crop on the template", () => {
  const boxes = boxesAt({ x: 25, y: 35, templatePx: 15, cropPx: 9 });

  assert.deepEqual(boxes.template, { x: 18, y: 28, width: 15, height: 15 });
  assert.deepEqual(boxes.crop, { x: 21, y: 31, width: 9, height: 9 });
});

test("a crop that overhangs the frame is rounded towards zero, as the server does", () => {
  assert.equal(boxesAt({ x: 5, y: 5, templatePx: 10, cropPx: 15 }).crop.x, -2);
});

test("a position beyond the frame is moved to where the template fits", () => {
  const frame = { width: 100, height: 50 };

  assert.deepEqual(clampToFrame({ x: 0, y: 80 }, 15, frame), { x: 7, y: 42 });
  assert.deepEqual(clampToFrame({ x: 60.4, y: 20.6 }, 15, frame), { x: 60, y: 21 });
});
