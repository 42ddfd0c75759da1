import assert from "node:assert/strict";
import { test } from "node:test";
import { addFrame, applyRuns, forEachRun, inverseRuns, runAround, runsOf } from "../../../static/js/lib/labels/runs.js";

const FIRST = 400;
/** "T" touch, "-" not touch, "?" unsure, "." no label */
const draw = (text) => Int8Array.from(text, (sign) => ({ T: 1, "-": 0, "?": 2, ".": -1 })[sign]);
const drawn = (labels) => Array.from(labels, (value) => ({ 1: "T", 0: "-", 2: "?", "-1": "." })[value]).join("");

test("runs are maximal, half-open, and leave gaps out", () => {
  assert.deepEqual(runsOf(draw("..TT-?."), FIRST), [[402, 404, 1], [404, 405, 0], [405, 406, 2]]);
  assert.deepEqual(runsOf(draw(".T"), FIRST, { gaps: true }), [[400, 401, null], [401, 402, 1]]);
  assert.deepEqual(runsOf(draw(""), FIRST), []);
});

test("runs and arrays convert into each other without loss", () => {
  for (let code = 0; code < 4 ** 5; code += 1) {
    const labels = Int8Array.from({ length: 5 }, (_, i) => (Math.floor(code / 4 ** i) % 4) - 1);
    const again = draw(".....");
    applyRuns(again, FIRST, runsOf(labels, FIRST));
    assert.deepEqual(again, labels);
  }
});

test("a later run overwrites an earlier one, and null clears", () => {
  const labels = draw("......");
  applyRuns(labels, FIRST, [[400, 405, 1], [402, 404, 0], [403, 406, null]]);
  assert.equal(drawn(labels), "TT-...");
});

test("frames outside the clip are refused", () => {
  for (const run of [[399, 401, 1], [403, 405, 1], [402, 402, 1]]) {
    assert.throws(() => applyRuns(draw("...."), FIRST, [run]), RangeError);
  }
});

test("inverse runs restore exactly the labels before", () => {
  for (let code = 0; code < 4 ** 4; code += 1) {
    const before = Int8Array.from({ length: 4 }, (_, i) => (Math.floor(code / 4 ** i) % 4) - 1);
    for (const runs of [[[400, 404, 1]], [[401, 403, null]], [[400, 401, 0], [403, 404, 2]]]) {
      const labels = before.slice();
      const inverse = inverseRuns(labels, FIRST, runs);
      applyRuns(labels, FIRST, runs);
      applyRuns(labels, FIRST, inverse);
      assert.deepEqual(labels, before);
    }
  }
});

test("runs of equal values are visited between two indices", () => {
  const seen = [];
  forEachRun([7, 7, 1, 1, 1, 2], 1, 5, (...run) => seen.push(run));
  assert.deepEqual(seen, [[1, 2, 7], [2, 5, 1]]);
  forEachRun([7], 0, 0, () => assert.fail("an empty interval has no runs"));
});

test("the run around a frame ends where the condition or the limits end", () => {
  const holds = (frame) => frame >= 20 && frame < 30;
  assert.deepEqual(runAround(22, holds), [20, 30]);
  assert.deepEqual(runAround(22, holds, 21, 25), [21, 25]);
});

test("a frame extends the last run only if it is next to it and has equal values", () => {
  const runs = [];
  for (const [frame, ...values] of [[5, 1, 0], [6, 1, 0], [8, 1, 0], [9, 1, 2]]) addFrame(runs, frame, ...values);
  assert.deepEqual(runs, [[5, 7, 1, 0], [8, 9, 1, 0], [9, 10, 1, 2]]);
});
