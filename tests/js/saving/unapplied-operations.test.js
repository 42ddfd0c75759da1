import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, questions, runsWithin } from "../../../static/js/lib/saving/unapplied-operations.js";

const aside = (runs, kind = "overtaken", error = "") => ({ operation: { id: `${runs}`, runs }, kind, error });
const labels = (...values) => ({ start: 10, stop: 10 + values.length, values: Int8Array.from(values) });

test("mine and what is saved are told as stretches of frames", () => {
  const mine = [aside([[10, 11, 1]]), aside([[11, 12, 1]]), aside([[12, 14, 0]])];

  assert.deepEqual(differences(mine, labels(0, 0, 0, 1, -1)), [[10, 12, 1, 0], [13, 14, 0, 1]]);
});

test("the last of several actions on a frame is mine", () => {
  assert.deepEqual(differences([aside([[10, 12, 1]]), aside([[10, 12, null]])], labels(1, 0)), [[10, 11, -1, 1], [11, 12, -1, 0]]);
});

test("what lies outside the clip or is no label cannot be applied", () => {
  assert.deepEqual(runsWithin([[5, 12, 1], [11, 13, 7], [40, 50, 0], [11, 12, null]], { start: 10, stop: 14 }), [[10, 12, 1], [11, 12, null]]);
});

test("each refusal is a question of its own, all that was overtaken one", () => {
  const all = [aside([[1, 2, 1]]), aside([[2, 3, 1]], "refused", "No."), aside([[3, 4, 1]])];

  assert.deepEqual(questions(all).map((group) => group.length), [2, 1]);
});
