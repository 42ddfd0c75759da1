import assert from "node:assert/strict";
import { test } from "node:test";
import { SheetCache } from "../../../static/js/lib/frames/sheet-cache.js";

test("a new sheet replaces the least recently used one", () => {
  const cache = new SheetCache(2);
  assert.deepEqual([cache.find(7), cache.take(7), cache.find(7)], [-1, 0, 0]);
  assert.deepEqual([cache.take(8), cache.find(7)], [1, 0]);
  assert.deepEqual([cache.take(9), cache.find(8), cache.find(7)], [1, -1, 0]);
  cache.clear();
  assert.deepEqual([cache.find(7), cache.take(1)], [-1, 0]);
});
