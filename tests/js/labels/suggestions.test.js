import assert from "node:assert/strict";
import { test } from "node:test";

import { Suggestions } from "../../../static/js/lib/labels/suggestions.js";

const scores = new Float32Array(20).fill(0.9);

test("touches are suggested while the pole is in range", () => {
  const suggestions = new Suggestions(scores, 100, 0.5, [[105, 112]]);

  assert.deepEqual(suggestions.touchAt(106), [105, 112]);
  assert.equal(suggestions.isTouch(104), false);
  assert.equal(suggestions.touchAt(112), null);
});

test("without intervals of the pole, all frames count", () => {
  assert.deepEqual(new Suggestions(scores, 100, 0.5, null).touchAt(106), [100, 120]);
  assert.equal(new Suggestions(scores, 100, 0.5, []).touchAt(106), null);
});

test("a suggestion is a median of five above the threshold, as the server counts touches", () => {
  const scores = Float32Array.of(0.1, 0.9, 0.1, 0.1, 0.1, 0.8, 0.9, 0.7, 0.1);
  assert.deepEqual([...new Suggestions(scores, 0, 0.5).touch], [0, 0, 0, 0, 0, 1, 1, 1, 0]);
  assert.deepEqual([...new Suggestions(Float32Array.of(0.9, 0.9, 0.9), 0, 0.5).touch], [1, 1, 1]);
  assert.deepEqual([...new Suggestions(Float32Array.of(0.9, 0.9), 0, 0.5).touch], [0, 0]);
});
