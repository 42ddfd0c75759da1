import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameStream } from "../../../static/js/lib/frames/frame-stream.js";

// Runs of two frames of three pixels.
const FRAMES = Uint8Array.of(10, 200, 30, 12, 190, 30, 5, 255, 31, 6, 4, 30, 9, 9, 9);
const DIFFERENCES = Uint8Array.of(10, 200, 30, 2, 246, 0, 5, 255, 31, 1, 5, 255, 9, 9, 9);

const newStream = () => new FrameStream({ nFrames: 5, framePixels: 3, runFrames: 2 });

for (const size of [1, 2, 3, 4, 7, 15]) {
  test(`frames are decoded from pieces of ${size} bytes, at the end or while they arrive`, () => {
    const [atEnd, onArrival] = [newStream(), newStream()];
    for (let at = 0; at < 15; at += size) {
      for (const each of [atEnd, onArrival]) each.push(DIFFERENCES.slice(at, at + size));
      if (onArrival.count) onArrival.pixels(0, onArrival.count);
    }
    for (const each of [atEnd, onArrival]) {
      each.end();
      assert.deepEqual(each.pixels(0, 5), FRAMES);
      assert.deepEqual(each.pixels(0, 5), FRAMES);
      assert.equal(each.count, 5);
    }
  });
}

test("a frame in the middle decodes only its own run", () => {
  const stream = newStream();
  stream.push(DIFFERENCES);
  assert.deepEqual(stream.pixels(3, 4).slice(6, 12), FRAMES.slice(6, 12));
  assert.deepEqual(stream.bytes.slice(3, 6), DIFFERENCES.slice(3, 6));
});

test("only whole frames count as arrived", () => {
  const stream = newStream();
  stream.push(DIFFERENCES.slice(0, 5));
  assert.equal(stream.count, 1);
  assert.equal(stream.complete, false);
});

test("a stream that is too short or too long is an error", () => {
  const stream = newStream();
  stream.push(DIFFERENCES.slice(0, 14));
  assert.throws(() => stream.end(), /Got 14 bytes instead of 15/);
  assert.throws(() => stream.push(DIFFERENCES.slice(0, 2)), /Got more than 15 bytes/);
});
