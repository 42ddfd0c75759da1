import assert from "node:assert/strict";
import { test } from "node:test";
import { StretchAnswer } from "../../../static/js/lib/adjudication/stretch-answer.js";

// Frames 8 to 15; the stretch is [10, 14): both agree on frame 12.
const STRETCH = {
  start: 10, stop: 14, window: { start: 8 }, settled: null,
  lanes: [[0, 0, 1, 1, 1, 2, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0], [-1, -1, -1, -1, -1, -1, -1, -1]],
};
const answer = (changes = {}) => new StretchAnswer({ ...STRETCH, ...changes });

test("an answer begins with the labels on which all agree, and knows its first gap", () => {
  assert.deepEqual([...answer().values], [-1, -1, 1, -1]);
  assert.equal(answer().gap, 10);
  assert.deepEqual([answer().has(9), answer().has(10), answer().has(14)], [false, true, false]);
});

test("the answer of an adjudicated stretch begins with its decision", () => {
  const adjudicated = answer({ settled: { values: [0, 1, 1, 0] } });

  assert.deepEqual([...adjudicated.values], [0, 1, 1, 0]);
  assert.equal(adjudicated.gap, null);
});

test("taking a lane changes frames that it labels, and unsure counts as a label", () => {
  const taken = answer();
  taken.take(STRETCH.lanes[2]);
  assert.deepEqual([...taken.values], [-1, -1, 1, -1]);
  taken.take(STRETCH.lanes[0]);
  assert.deepEqual([...taken.values], [1, 1, 1, 2]);
});

test("an undecided majority changes nothing", () => {
  const taken = answer();
  taken.take([0, 0, 2, 0, 1, 2, 0, 0], { open: true });

  assert.deepEqual([...taken.values], [-1, 0, 1, -1]);
});

test("painting stays within the stretch and can be discarded", () => {
  const painted = answer();

  assert.deepEqual([painted.paint(9, 1), painted.paint(10, 1), painted.paint(14, 1)], [false, true, false]);
  assert.deepEqual([painted.at(9), painted.at(10), painted.gap], [-1, 1, 11]);
  painted.startOver();
  assert.equal(painted.gap, 10);
});
