import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, quantity, formatFrame } from "../../../static/js/lib/frames/frame-numbers.js";

test("a frame's time follows from the rate", () => {
  assert.deepEqual(formatFrame(412, 1000), { frame: "412", time: "412 ms" });
  assert.deepEqual(formatFrame(100, 600), { frame: "100", time: "166.7 ms" });
});

test("counts have separators and the right noun, and clamped values stay between the ends", () => {
  const texts = [quantity(1, "touch", "touches"), quantity(3, "touch", "touches"), quantity(1234, "frame")];
  assert.deepEqual(texts, ["1 touch", "3 touches", "1,234 frames"]);
  assert.deepEqual([-1, 5, 99].map((value) => clamp(value, 0, 10)), [0, 5, 10]);
});
