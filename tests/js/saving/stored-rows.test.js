import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder, rowsByOwner } from "../../../static/js/lib/saving/stored-rows.js";

const row = (client, sequence, order, fields = {}) =>
  ({
    owner: "1/2", user: 1, username: "ada", assignment: 2, url: "/2/", order,
    operation: { id: `${client}${sequence}`, client, sequence }, ...fields,
  });

test("operations come in the order in which they were made, even if the clock was set back", () => {
  const rows = [row("b", 1, 30), row("a", 2, 5), row("a", 1, 20), row("b", 2, 31)];

  assert.deepEqual(inOrder(rows).waiting.map(({ id }) => id), ["a1", "a2", "b1", "b2"]);
});

test("unapplied operations are not sent again", () => {
  const rows = [row("a", 1, 1, { aside: { kind: "refused", error: "No." } }), row("a", 2, 2, { aside: null })];

  const { waiting, unapplied } = inOrder(rows);

  assert.deepEqual(waiting.map(({ id }) => id), ["a2"]);
  const found = unapplied.map(({ operation, kind, error }) => [operation.id, kind, error]);
  assert.deepEqual(found, [["a1", "refused", "No."]]);
});

test("rows are counted for each account and clip", () => {
  const bobs = { owner: "7/9", user: 7, username: "bob", assignment: 9 };
  const rows = [row("a", 1, 1), row("a", 2, 2), row("b", 1, 3, bobs)];

  assert.deepEqual(rowsByOwner(rows).map(({ username, assignment, waiting }) => [username, assignment, waiting]),
    [["ada", 2, 2], ["bob", 9, 1]]);
});
