import assert from "node:assert/strict";
import { test } from "node:test";
import { mixedSession, ourKeyActions, touchKeyActions, whaccKeyActions } from "./key-models.js";

const valuesOf = (truth) => truth.flatMap(([start, stop, value]) => Array(stop - start).fill(value));

test("a 15-frame touch takes at most five key actions, advancing included", () => {
  const { keyActions, runs, frame } = touchKeyActions(15);
  assert.deepEqual(runs, [[5, 20, 1]]);
  assert.equal(frame, 20);
  assert.ok(keyActions <= 5, `${keyActions} key actions`);
});

test("a mixed session takes at most a third of WhACC's key actions, and gives the same labels", () => {
  const truth = mixedSession(7, 200);
  const whacc = whaccKeyActions(truth);
  const exact = ourKeyActions(truth);
  const careful = ourKeyActions(truth, 2);

  assert.deepEqual(whacc.labels, valuesOf(truth));
  assert.deepEqual(exact.labels, valuesOf(truth));
  assert.deepEqual(careful.labels, valuesOf(truth));
  assert.equal(whacc.keyActions, 2 * valuesOf(truth).length - 1);
  assert.ok(3 * exact.keyActions <= whacc.keyActions);
  assert.ok(3 * careful.keyActions <= whacc.keyActions);
});
