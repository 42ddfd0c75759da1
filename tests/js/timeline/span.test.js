import assert from "node:assert/strict";
import { test } from "node:test";
import { Span } from "../../../static/js/lib/timeline/span.js";

test("a span covers every interval added since it was cleared", () => {
  const span = new Span();
  span.cover(5, 9);
  span.cover(7, 12);
  span.cover(Infinity, -Infinity);
  assert.deepEqual([span.from, span.to], [5, 12]);
  span.clear();
  span.cover(1, 2);
  assert.deepEqual([span.from, span.to], [1, 2]);
});
