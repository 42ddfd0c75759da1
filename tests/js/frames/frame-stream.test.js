import assert from "node:assert/strict";
import { test } from "node:test";

import { ArrivingFrames } from "../../../static/js/lib/frames/frame-stream.js";

// Runs of two frames of three pixels.
const FRAMES = Uint8Array.of(10, 200, 30, 12, 190, 30, 5, 255, 31, 6, 4, 30, 9, 9, 9);
const DIFFERENCES = Uint8Array.of(10, 200, 30, 2, 246, 0, 5, 255, 31, 1, 5, 255, 9, 9, 9);

const arrivingFrames = () => new ArrivingFrames({ nFrames: 5, framePixels: 3, runFrames: 2 });

for (const size of [1, 2, 3, 4, 7, 15]) {
  test(`frames come out of differences in pieces of ${size} bytes, asked for at the end or meanwhile`, () => {
    const [atEnd, meanwhile] = [arrivingFrames(), arrivingFrames()];
    for (let at = 0; at < 15; at += size) {
      for (const each of [atEnd, meanwhile]) each.push(DIFFERENCES.slice(at, at + size));
      if (meanwhile.count) meanwhile.pixels(0, meanwhile.count);
    }
    for (const each of [atEnd, meanwhile]) {
      each.end();
      assert.deepEqual(each.pixels(0, 5), FRAMES);
      assert.deepEqual(each.pixels(0, 5), FRAMES);
      assert.equal(each.count, 5);
    }
  });
}

test("a frame in the middle needs its own run alone", () => {
  const arriving = arrivingFrames();
  arriving.push(DIFFERENCES);
  assert.deepEqual(arriving.pixels(3, 4).slice(6, 12), FRAMES.slice(6, 12));
  assert.deepEqual(arriving.bytes.slice(3, 6), DIFFERENCES.slice(3, 6));
});

test("only whole frames count as arrived", () => {
  const arriving = arrivingFrames();
  arriving.push(DIFFERENCES.slice(0, 5));
  assert.equal(arriving.count, 1);
  assert.equal(arriving.complete, false);
});

test("a stream that ends early or runs over is refused", () => {
  const arriving = arrivingFrames();
  arriving.push(DIFFERENCES.slice(0, 14));
  assert.throws(() => arriving.end(), /Expected 15 bytes, found 14/);
  assert.throws(() => arriving.push(DIFFERENCES.slice(0, 2)), /Expected 15 bytes, found more/);
});
