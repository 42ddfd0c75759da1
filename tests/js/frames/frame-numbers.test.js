import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, counted, framePlace } from "../../../static/js/lib/frames/frame-numbers.js";

test("a frame's time follows from the rate", () => {
  assert.deepEqual(framePlace(412, 1000), { frame: "412", time: "412 ms" });
  assert.deepEqual(framePlace(100, 600), { frame: "100", time: "166.7 ms" });
});

test("counts read well, and places stay between the ends", () => {
  assert.deepEqual([counted(1, "touch", "touches"), counted(3, "touch", "touches"), counted(1234, "frame")], ["1 touch", "3 touches", "1,234 frames"]);
  assert.deepEqual([-1, 5, 99].map((value) => clamp(value, 0, 10)), [0, 5, 10]);
});
