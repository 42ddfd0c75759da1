import assert from "node:assert/strict";
import { test } from "node:test";
import { envelope, labelColumns, OUTSIDE, TimelineScale } from "../../../static/js/lib/timeline/timeline-scale.js";

test("every frame is found at the position where it is drawn", () => {
  for (const [start, stop, width] of [[390, 530, 1232], [0, 10_000, 1232], [7, 8, 100]]) {
    const scale = new TimelineScale(start, stop, width);
    for (let frame = start; frame < stop; frame += 1) {
      assert.equal(scale.frame(scale.x(frame) + scale.pixelsPerFrame / 2), frame);
    }
  }
});

test("positions beyond the ends give the first or last frame", () => {
  const scale = new TimelineScale(390, 530, 1400);
  assert.deepEqual([-50, 0, 1399, 1400, 9999].map((x) => scale.frame(x)), [390, 390, 529, 529, 529]);
});

test("ticks are round and far enough apart", () => {
  assert.deepEqual(new TimelineScale(390, 530, 1400).ticks(100), Array.from({ length: 14 }, (_, i) => 390 + 10 * i));
  assert.deepEqual(new TimelineScale(0, 10_000, 1000).ticks(90), Array.from({ length: 10 }, (_, i) => 1000 * i));
  assert.deepEqual(new TimelineScale(4, 7, 900).ticks(80), [4, 5, 6]);
});

test("a peak of one frame survives when a pixel covers four", () => {
  const { low, high } = envelope(Float32Array.of(0, 0, 1, 0, 0.5, 0.5, 0.5, 0.25), 2);
  assert.deepEqual([...low], [0, 0.25]);
  assert.deepEqual([...high], [1, 0.5]);
});

test("with more pixels than frames each column has its frame's score", () => {
  const { low, high } = envelope(Float32Array.of(0.25, 0.75), 4);
  assert.deepEqual([...low], [0.25, 0.25, 0.75, 0.75]);
  assert.deepEqual(low, high);
});

test("a column with several frames shows the most important label", () => {
  const labels = Int8Array.of(0, 0, 1, 0, 0, 2, 0, -1, 0, 0, -1, 2);
  const columns = new Int8Array(8);
  labelColumns(labels, 10, new TimelineScale(8, 24, 8), columns, 0, 8);
  assert.deepEqual([...columns], [OUTSIDE, 0, 1, 2, -1, 0, 2, OUTSIDE]);
});

test("only the requested columns are updated", () => {
  const columns = new Int8Array(8).fill(7);
  labelColumns(Int8Array.of(1, 1, 1, 1), 0, new TimelineScale(0, 4, 8), columns, 2, 4);
  assert.deepEqual([...columns], [7, 7, 1, 1, 7, 7, 7, 7]);
});
