import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder, rowsByOwner } from "../../../static/js/lib/saving/stored-rows.js";

const row = (client, sequence, order, fields = {}) =>
  ({ owner: "1/2", user: 1, username: "ada", assignment: 2, url: "/2/", order, operation: { id: `${client}${sequence}`, client, sequence }, ...fields });

test("operations come in the order in which they were made, whatever the clock did", () => {
  const rows = [row("b", 1, 30), row("a", 2, 5), row("a", 1, 20), row("b", 2, 31)];

  assert.deepEqual(inOrder(rows).waiting.map(({ id }) => id), ["a1", "a2", "b1", "b2"]);
});

test("what was set aside is not sent again", () => {
  const rows = [row("a", 1, 1, { aside: { kind: "refused", error: "No." } }), row("a", 2, 2, { aside: null })];

  const { waiting, aside } = inOrder(rows);

  assert.deepEqual(waiting.map(({ id }) => id), ["a2"]);
  assert.deepEqual(aside.map(({ operation, kind, error }) => [operation.id, kind, error]), [["a1", "refused", "No."]]);
});

test("each account and clip is told apart", () => {
  const rows = [row("a", 1, 1), row("a", 2, 2), row("b", 1, 3, { owner: "7/9", user: 7, username: "bob", assignment: 9 })];

  assert.deepEqual(rowsByOwner(rows).map(({ username, assignment, waiting }) => [username, assignment, waiting]),
    [["ada", 2, 2], ["bob", 9, 1]]);
});
