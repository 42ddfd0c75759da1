import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS, ROWS } from "../../../static/js/lib/keys/key-actions.js";

test("every row has a text, a group and a unique id", () => {
  assert.equal(new Set(ROWS.map(({ id }) => id)).size, ROWS.length);
  assert.equal(ROWS.filter(({ text, group }) => text && GROUPS.includes(group)).length, ROWS.length);
});

test("holding a key repeats moves and painting, never single labels", () => {
  const repeating = new Set(ROWS.filter(({ repeats }) => repeats).map(({ action }) => action));
  for (const action of ["touch", "not-touch", "accept-rest", "note", "next-clip"]) assert.ok(!repeating.has(action));
  for (const action of ["move", "paint", "label-on", "undo", "redo"]) assert.ok(repeating.has(action));
});
