import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, groupByReason, runsWithin } from "../../../static/js/lib/saving/unapplied-operations.js";

const unapplied = (runs, kind = "overtaken", error = "") => ({ operation: { id: `${runs}`, runs }, kind, error });
const labels = (...values) => ({ start: 10, stop: 10 + values.length, values: Int8Array.from(values) });

test("differences between unapplied and saved labels come as runs of frames", () => {
  const mine = [unapplied([[10, 11, 1]]), unapplied([[11, 12, 1]]), unapplied([[12, 14, 0]])];

  assert.deepEqual(differences(mine, labels(0, 0, 0, 1, -1)), [[10, 12, 1, 0], [13, 14, 0, 1]]);
});

test("the last of several operations on a frame counts", () => {
  const mine = [unapplied([[10, 12, 1]]), unapplied([[10, 12, null]])];

  assert.deepEqual(differences(mine, labels(1, 0)), [[10, 11, -1, 1], [11, 12, -1, 0]]);
});

test("frames outside the clip and unknown labels cannot be applied", () => {
  const runs = [[5, 12, 1], [11, 13, 7], [40, 50, 0], [11, 12, null]];

  assert.deepEqual(runsWithin(runs, { start: 10, stop: 14 }), [[10, 12, 1], [11, 12, null]]);
});

test("each refusal is a group of its own, all overtaken operations are one", () => {
  const all = [unapplied([[1, 2, 1]]), unapplied([[2, 3, 1]], "refused", "No."), unapplied([[3, 4, 1]])];

  assert.deepEqual(groupByReason(all).map((group) => group.length), [2, 1]);
});
