import assert from "node:assert/strict";
import { test } from "node:test";
import { applyRuns, countLabels, inverseRuns, labelName, nextUnlabelled, runsOf, wouldChange } from "../../../static/js/lib/labels/labels.js";

const FIRST = 400;
/** "T" touch, "-" not touch, "?" unsure, "." no label */
const draw = (text) => Int8Array.from(text, (sign) => ({ T: 1, "-": 0, "?": 2, ".": -1 })[sign]);
const drawn = (labels) => Array.from(labels, (value) => ({ 1: "T", 0: "-", 2: "?", "-1": "." })[value]).join("");

test("runs are maximal, half-open, and leave gaps out", () => {
  assert.deepEqual(runsOf(draw("..TT-?."), FIRST), [[402, 404, 1], [404, 405, 0], [405, 406, 2]]);
  assert.deepEqual(runsOf(draw(".T"), FIRST, { gaps: true }), [[400, 401, null], [401, 402, 1]]);
  assert.deepEqual(runsOf(draw(""), FIRST), []);
});

test("runs and arrays are two ways of saying the same", () => {
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

test("inverse runs bring back exactly what was there", () => {
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

test("writing what is there already changes nothing", () => {
  assert.equal(wouldChange(draw("TT."), FIRST, [[400, 402, 1]]), false);
  assert.equal(wouldChange(draw("TT."), FIRST, [[402, 403, null]]), false);
  assert.equal(wouldChange(draw("TT."), FIRST, [[400, 403, 1]]), true);
});

test("touches are counted as maximal runs of touch", () => {
  assert.deepEqual(countLabels(draw("TT.T-?TT")), { labelled: 7, touches: 3 });
  assert.deepEqual(countLabels(draw("")), { labelled: 0, touches: 0 });
});

test("the next frame without a label is searched on, never round the end", () => {
  const labels = draw(".T.T");
  assert.equal(nextUnlabelled(labels, FIRST, 400), 402);
  assert.equal(nextUnlabelled(labels, FIRST, 402), null);
  assert.equal(nextUnlabelled(labels, FIRST, 390), 400);
  assert.equal(nextUnlabelled(draw("TT"), FIRST, 400), null);
});

test("every label has a name of its own", () => {
  assert.deepEqual([1, 0, 2, -1].map(labelName), ["touch", "not-touch", "unsure", "unlabelled"]);
});

test("gaps are found onwards and backwards, and never round the corner", () => {
  const labels = Int8Array.of(0, 1, 1, -1, 2, 1, 0, 0, 1, 1);
  assert.equal(nextUnlabelled(labels, 10, 10), 13);
  assert.equal(nextUnlabelled(labels, 10, 13), null);
  assert.equal(nextUnlabelled(labels, 10, 19, -1), 13);
  assert.equal(nextUnlabelled(labels, 10, 13, -1), null);
  assert.equal(nextUnlabelled(labels, 10, 10, -1), null);
  assert.equal(nextUnlabelled(labels, 10, 2), 13);
});
