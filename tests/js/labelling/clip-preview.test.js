import assert from "node:assert/strict";
import { test } from "node:test";

import { FirstLook } from "../../../static/js/labelling/clip-preview.js";
import { TOUCH, UNLABELLED } from "../../../static/js/lib/labels/labels.js";

test("the first look goes on where labels end, and shows those that there are", () => {
  const look = new FirstLook({ clip: { start: 10, stop: 20 }, labels: [[10, 13, 0], [13, 15, 1]] });

  assert.equal(look.frame, 15);
  assert.deepEqual([look.at(14), look.at(15), look.at(9)], [TOUCH, UNLABELLED, UNLABELLED]);
  assert.deepEqual([look.has(9), look.has(10), look.has(19), look.has(20)], [false, true, true, false]);
});

test("a finished clip is shown from its start", () => {
  assert.equal(new FirstLook({ clip: { start: 10, stop: 20 }, labels: [[10, 20, 0]] }).frame, 10);
});
