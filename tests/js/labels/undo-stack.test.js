import assert from "node:assert/strict";
import { test } from "node:test";
import { UndoStack } from "../../../static/js/lib/labels/undo-stack.js";

const change = (id) => ({ id, edit: { runs: [[0, 1, 1]] }, inverse: { runs: [[0, 1, null]] } });
const ids = (group) => group?.map(({ id }) => id) ?? null;

function numbered() {
  let made = 0;
  return () => `op${(made += 1)}`;
}

test("changes of one gesture in a row are undone together, the latest first", () => {
  const stack = new UndoStack();
  stack.push(change("a"));
  for (const id of ["b", "c"]) stack.push(change(id), "stroke");
  const undone = [];

  const group = stack.undo((edit, undoes) => undone.push(undoes));

  assert.deepEqual(ids(group), ["b", "c"]);
  assert.deepEqual(undone, ["c", "b"]);
  assert.equal(stack.canUndo, true);
});

test("a redo names the operation that undid, and a new change ends redoing", () => {
  const stack = new UndoStack();
  stack.push(change("a"));
  const make = numbered();
  stack.undo(make);
  assert.deepEqual(ids(stack.redo(make)), ["op1"]);
  stack.undo(make);
  stack.push(change("b"));

  assert.equal(stack.canRedo, false);
  assert.equal(stack.redo(make), null);
});

test("earlier operations are recalled below the changes of this page", () => {
  const stack = new UndoStack();
  stack.push(change("own"));
  const step = (id, undoes = null, gesture = null) => ({ change: change(id), undoes, gesture });

  stack.recall([step("a"), step("b", null, "page 2"), step("c", null, "page 2"), step("d"), step("e", "d")]);

  const make = numbered();
  assert.deepEqual([1, 2, 3, 4].map(() => ids(stack.undo(make))), [["own"], ["b", "c"], ["a"], null]);
});
