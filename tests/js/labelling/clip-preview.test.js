import assert from "node:assert/strict";
import { test } from "node:test";

import { ClipPreview } from "../../../static/js/labelling/clip-preview.js";
import { TOUCH, UNLABELLED } from "../../../static/js/lib/labels/labels.js";

test("the preview shows the labels and starts at the first gap", () => {
  const preview = new ClipPreview({ clip: { start: 10, stop: 20 }, labels: [[10, 13, 0], [13, 15, 1]] });

  assert.equal(preview.frame, 15);
  assert.deepEqual([preview.at(14), preview.at(15), preview.at(9)], [TOUCH, UNLABELLED, UNLABELLED]);
  assert.deepEqual([preview.has(9), preview.has(10), preview.has(19), preview.has(20)], [false, true, true, false]);
});

test("a finished clip is shown from its start", () => {
  assert.equal(new ClipPreview({ clip: { start: 10, stop: 20 }, labels: [[10, 20, 0]] }).frame, 10);
});
