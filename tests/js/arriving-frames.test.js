import assert from "node:assert/strict";
import { test } from "node:test";

import { ArrivingFrames } from "../../static/js/lib/arriving-frames.js";

const FRAMES = Uint8Array.of(10, 200, 30, 12, 190, 30, 5, 255, 31);
const DIFFERENCES = Uint8Array.of(10, 200, 30, 2, 246, 0, 249, 65, 1);

for (const size of [1, 2, 3, 4, 7, 9]) {
  test(`frames come out of differences in pieces of ${size} bytes`, () => {
    const arriving = new ArrivingFrames(3, 3);
    for (let at = 0; at < 9; at += size) arriving.push(DIFFERENCES.slice(at, at + size));
    arriving.end();
    assert.deepEqual(arriving.pixels, FRAMES);
    assert.equal(arriving.count, 3);
  });
}

test("only whole frames count as arrived", () => {
  const arriving = new ArrivingFrames(3, 3);
  arriving.push(DIFFERENCES.slice(0, 5));
  assert.equal(arriving.count, 1);
  assert.equal(arriving.complete, false);
});

test("a stream that ends early or runs over is refused", () => {
  const arriving = new ArrivingFrames(3, 3);
  arriving.push(DIFFERENCES.slice(0, 8));
  assert.throws(() => arriving.end(), /Expected 9 bytes, found 8/);
  assert.throws(() => arriving.push(DIFFERENCES.slice(0, 2)), /Expected 9 bytes, found more/);
});
