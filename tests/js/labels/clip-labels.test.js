import assert from "node:assert/strict";
import { test } from "node:test";
import { ClipLabels } from "../../../static/js/lib/labels/clip-labels.js";
import { OperationQueue } from "../../../static/js/lib/saving/operation-queue.js";
import { runsOf } from "../../../static/js/lib/labels/runs.js";

function clipOf(runs = [], stored = [], notes = []) {
  let made = 0;
  const operations = [];
  const queue = new OperationQueue({ client: "page", newId: () => `op${(made += 1)}`, now: () => new Date(0) });
  queue.resume(stored);
  const labels = new ClipLabels({
    clip: { start: 100, stop: 110 }, runs, notes, revision: 4, queue, suggestionShown: true,
    onOperation: (operation) => operations.push(operation),
  });
  return { labels, queue, operations };
}
const runs = (labels) => runsOf(labels.values, labels.start);
const sent = (operations) => operations.map(({ id, runs: sentRuns, undoes }) => [id, sentRuns, undoes]);

test("a label shows at once and becomes one operation", () => {
  const { labels, operations } = clipOf();

  assert.equal(labels.set([[102, 104, 1]]), true);

  assert.deepEqual(runs(labels), [[102, 104, 1]]);
  assert.deepEqual(sent(operations), [["op1", [[102, 104, 1]], null]]);
  assert.equal(operations[0].revision, 4);
  assert.equal(operations[0].suggestion_shown, true);
});

test("setting the label that a frame has makes no operation", () => {
  const { labels, operations } = clipOf([[102, 104, 1]]);

  assert.equal(labels.set([[102, 103, 1]]), false);
  assert.deepEqual(operations, []);
});

test("undo and redo are operations that name what they undo", () => {
  const { labels, operations } = clipOf([[101, 103, 0]]);
  labels.set([[102, 104, 1]]);

  assert.equal(labels.undo(), 102);
  assert.deepEqual(runs(labels), [[101, 103, 0]]);
  assert.equal(labels.redo(), 102);
  assert.deepEqual(runs(labels), [[101, 102, 0], [102, 104, 1]]);
  labels.undo();

  assert.deepEqual(sent(operations), [
    ["op1", [[102, 104, 1]], null],
    ["op2", [[102, 103, 0], [103, 104, null]], "op1"],
    ["op3", [[102, 104, 1]], "op2"],
    ["op4", [[102, 103, 0], [103, 104, null]], "op3"],
  ]);
  assert.deepEqual(runs(labels), [[101, 103, 0]]);
});

test("a painted stroke is undone and redone as one", () => {
  const { labels } = clipOf();
  labels.set([[100, 101, 0]]);
  for (const frame of [102, 103, 104]) labels.set([[frame, frame + 1, 1]], "stroke");

  labels.undo();
  assert.deepEqual(runs(labels), [[100, 101, 0]]);
  labels.redo();
  assert.deepEqual(runs(labels), [[100, 101, 0], [102, 105, 1]]);
  labels.undo();
  labels.undo();
  assert.deepEqual(runs(labels), []);
  assert.equal(labels.undo(), null);
});

test("a new label ends redoing", () => {
  const { labels } = clipOf();
  labels.set([[100, 101, 1]]);
  labels.undo();
  labels.set([[105, 106, 0]]);

  assert.equal(labels.redo(), null);
  assert.deepEqual(runs(labels), [[105, 106, 0]]);
});

test("labels that the server sends replace the page's, and unsaved operations stay on top", () => {
  const { labels, queue } = clipOf();
  labels.set([[100, 102, 1]]);
  labels.set([[105, 106, 2]]);
  queue.takeBatch();
  queue.acknowledge(["op1"]);

  labels.receive({ revision: 9, labels: [[100, 101, 0]] });

  assert.deepEqual(runs(labels), [[100, 101, 0], [105, 106, 2]]);
  assert.equal(labels.revision, 9);
  assert.equal(labels.undo(), null);
});

test("notes from elsewhere redraw everything, not only some frames", () => {
  const { labels } = clipOf();
  labels.set([[100, 102, 1]]);
  const drawn = labels.version;

  labels.receive({ revision: 9, labels: [[100, 102, 1]], notes: [[105, "a hair"]] });

  assert.equal(labels.notes.get(105), "a hair");
  assert.equal(labels.version, drawn + 1);
  assert.ok(labels.changedStart >= labels.changedStop);
});

test("a receipt without labels changes only the revision", () => {
  const { labels } = clipOf([[100, 102, 1]]);

  labels.receive({ revision: 9, labels: null });
  labels.receive({ revision: 8, labels: null });

  assert.equal(labels.revision, 9);
  assert.deepEqual(runs(labels), [[100, 102, 1]]);
});

test("operations stored by a page that died show when the clip opens again", () => {
  const before = clipOf();
  before.labels.set([[103, 105, 1]]);

  const { labels, operations } = clipOf([[103, 104, 0]], [...before.queue.operations]);

  assert.deepEqual(runs(labels), [[103, 105, 1]]);
  assert.deepEqual(operations, []);
});

test("a note is written, changed, undone and removed, without a change of labels", () => {
  const { labels, operations } = clipOf([[100, 102, 1]], [], [[101, "a hair"]]);

  assert.equal(labels.setNote(101, "a hair"), false);
  labels.setNote(101, "two hairs");
  labels.setNote(103, "blurred");
  assert.equal(labels.undo(), 103);
  assert.equal(labels.undo(), 101);
  labels.setNote(101, "");

  assert.deepEqual([...labels.notes], []);
  assert.deepEqual(runs(labels), [[100, 102, 1]]);
  assert.deepEqual(operations.map(({ runs: sentRuns, note }) => [sentRuns, note]), [
    [[], { frame: 101, text: "two hairs" }],
    [[], { frame: 103, text: "blurred" }],
    [[], { frame: 103, text: "" }],
    [[], { frame: 101, text: "a hair" }],
    [[], { frame: 101, text: "" }],
  ]);
});

test("operations of one stroke have one gesture, and so do their undos", () => {
  const { labels, operations } = clipOf();
  labels.set([[100, 101, 0]]);
  for (const frame of [102, 103]) labels.set([[frame, frame + 1, 1]], "stroke");
  labels.set([[105, 106, 1]], "another");
  labels.undo();
  labels.undo();

  assert.deepEqual(operations.map(({ gesture }) => gesture), [1, 2, 2, 4, 5, 6, 6]);
});

test("the operations of an earlier page are undone and redone after a reload", () => {
  const before = clipOf([], [], []);
  before.labels.set([[100, 102, 0]]);
  for (const frame of [104, 105]) before.labels.set([[frame, frame + 1, 1]], "stroke");
  before.labels.setNote(104, "late");
  before.labels.undo();
  const log = before.operations.map((operation, index) => ({ ...operation, revision: index + 1 }));
  const now = clipOf(runs(before.labels));
  now.labels.openedAt = 99;
  now.labels.isRecalling = true;
  now.labels.set([[109, 110, 2]]);

  now.labels.recall(log);
  now.labels.undo();
  now.labels.undo();
  const after = runs(now.labels);
  now.labels.redo();

  assert.deepEqual(after, [[100, 102, 0]]);
  assert.deepEqual(runs(now.labels), [[100, 102, 0], [104, 106, 1]]);
  assert.deepEqual(now.operations.slice(1).map(({ undoes }) => undoes), ["op1", "op3", "op2", "op4", "op3"]);
});

test("an undo before a reload can be redone after it", () => {
  const before = clipOf();
  before.labels.set([[100, 102, 0]]);
  before.labels.undo();
  const now = clipOf();
  now.labels.openedAt = 9;
  now.labels.isRecalling = true;

  now.labels.recall(before.operations.map((operation, index) => ({ ...operation, revision: index + 1 })));
  now.labels.redo();

  assert.deepEqual(runs(now.labels), [[100, 102, 0]]);
  assert.equal(now.labels.redo(), null);
});
