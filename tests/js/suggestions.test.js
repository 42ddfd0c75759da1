import assert from "node:assert/strict";
import { test } from "node:test";

import { Suggestions } from "../../static/js/lib/suggestions.js";

const scores = new Float32Array(20).fill(0.9);

test("touches are suggested while the pole is in reach", () => {
  const suggestions = new Suggestions(scores, 100, 0.5, [[105, 112]]);

  assert.deepEqual(suggestions.touchAt(106), [105, 112]);
  assert.equal(suggestions.isTouch(104), false);
  assert.equal(suggestions.touchAt(112), null);
});

test("where nobody tells when, all frames count", () => {
  assert.deepEqual(new Suggestions(scores, 100, 0.5, null).touchAt(106), [100, 120]);
  assert.equal(new Suggestions(scores, 100, 0.5, []).touchAt(106), null);
});
