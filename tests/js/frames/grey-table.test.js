import assert from "node:assert/strict";
import { test } from "node:test";

import { fillGreyTable, paintFrames } from "../../../static/js/lib/frames/grey-table.js";

const tableOf = (view) => {
  const table = new Uint8Array(256);
  fillGreyTable(table, view);
  return table;
};

test("without contrast and brightness every grey level is unchanged", () => {
  assert.deepEqual([...tableOf({ contrast: 0, brightness: 0 })], Array.from({ length: 256 }, (_, i) => i));
});

test("contrast spreads around middle grey, brightness lifts, and both stay in range", () => {
  const table = tableOf({ contrast: 10, brightness: 20 });
  assert.deepEqual([table[0], table[128], table[138], table[255]], [0, 148, 168, 255]);
});

const FRAMES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const paint = (parts) => {
  const out = new Uint32Array(2 * parts.count);
  paintFrames(out, FRAMES, { framePixels: 2, table: tableOf({ contrast: 0, brightness: 0 }), ...parts });
  return [...out].map((pixel) => pixel.toString(16));
};

test("a single frame is grey", () => {
  assert.deepEqual(paint({ first: 1, count: 2, lags: false }), ["ff030303", "ff040404", "ff050505", "ff060606"]);
});

test("lags are red for two frames before, green for one, blue for now", () => {
  assert.deepEqual(paint({ first: 3, count: 1, lags: true }), ["ff070503", "ff080604"]);
});

test("the first frame also serves as the frames before it", () => {
  assert.deepEqual(paint({ first: 0, count: 2, lags: true }), ["ff010101", "ff020202", "ff030101", "ff040202"]);
});
