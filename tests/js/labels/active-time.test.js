import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveTime, paceMessage } from "../../../static/js/lib/labels/active-time.js";

test("pauses over half a minute do not count, pauses of half a minute do", () => {
  const active = new ActiveTime({ active_seconds: 60, last_made_at: "2026-11-22T12:00:00Z" });
  const start = Date.parse("2026-11-22T12:00:00Z");

  for (const seconds of [10, 40, 71, 72, 72, 70]) active.note(start + seconds * 1000);

  assert.equal(active.minutes * 60, 60 + 10 + 30 + 1);
});

test("work begins with the first action", () => {
  const active = new ActiveTime({ active_seconds: 0, last_made_at: null });
  active.note(5_000);
  active.note(6_000);

  assert.equal(active.minutes * 60, 1);
});

test("the pace is shown with few digits, and not before a quarter of a minute", () => {
  assert.equal(paceMessage({ labelled: 300, touches: 7 }, 2), "150 frames, 3.5 touches per minute");
  assert.equal(paceMessage({ labelled: 3, touches: 1 }, 0.1), "");
});
