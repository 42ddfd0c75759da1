import assert from "node:assert/strict";
import { test } from "node:test";
import { countLabels, labelName, nextUnlabelled, wouldChange } from "../../../static/js/lib/labels/labels.js";

const FIRST = 400;
/** "T" touch, "-" not touch, "?" unsure, "." no label */
const draw = (text) => Int8Array.from(text, (sign) => ({ T: 1, "-": 0, "?": 2, ".": -1 })[sign]);

test("writing equal labels changes nothing", () => {
  assert.equal(wouldChange(draw("TT."), FIRST, [[400, 402, 1]]), false);
  assert.equal(wouldChange(draw("TT."), FIRST, [[402, 403, null]]), false);
  assert.equal(wouldChange(draw("TT."), FIRST, [[400, 403, 1]]), true);
});

test("touches are quantity as maximal runs of touch", () => {
  assert.deepEqual(countLabels(draw("TT.T-?TT")), { labelled: 7, touches: 3 });
  assert.deepEqual(countLabels(draw("")), { labelled: 0, touches: 0 });
});

test("the next frame without a label is searched forwards, never round the end", () => {
  const labels = draw(".T.T");
  assert.equal(nextUnlabelled(labels, FIRST, 400), 402);
  assert.equal(nextUnlabelled(labels, FIRST, 402), null);
  assert.equal(nextUnlabelled(labels, FIRST, 390), 400);
  assert.equal(nextUnlabelled(draw("TT"), FIRST, 400), null);
});

test("every label has a name of its own", () => {
  assert.deepEqual([1, 0, 2, -1].map(labelName), ["touch", "not-touch", "unsure", "unlabelled"]);
});

test("gaps are found forwards and backwards, never round the ends", () => {
  const labels = Int8Array.of(0, 1, 1, -1, 2, 1, 0, 0, 1, 1);
  assert.equal(nextUnlabelled(labels, 10, 10), 13);
  assert.equal(nextUnlabelled(labels, 10, 13), null);
  assert.equal(nextUnlabelled(labels, 10, 19, -1), 13);
  assert.equal(nextUnlabelled(labels, 10, 13, -1), null);
  assert.equal(nextUnlabelled(labels, 10, 10, -1), null);
  assert.equal(nextUnlabelled(labels, 10, 2), 13);
});
