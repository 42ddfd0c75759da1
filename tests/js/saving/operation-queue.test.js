import assert from "node:assert/strict";
import { test } from "node:test";
import { OperationQueue } from "../../../static/js/lib/saving/operation-queue.js";

function queueOf(count, client = "page") {
  let made = 0;
  const newId = () => `${client}-${(made += 1)}`;
  const queue = new OperationQueue({ client, newId, now: () => new Date("2026-11-22T12:00:00Z") });
  for (let i = 0; i < count; i += 1) label(queue, i);
  return queue;
}
const label = (queue, frame) => queue.add({ runs: [[frame, frame + 1, 1]], revision: 7, suggestionShown: false });
const ids = (batch) => batch.operations.map(({ id }) => id);

test("an operation has every field that the server needs", () => {
  const operation = queueOf(0).add({ runs: [[3, 5, null]], revision: 7, undoes: "x", suggestionShown: true });

  assert.deepEqual(operation, {
    id: "page-1", client: "page", sequence: 1, revision: 7, runs: [[3, 5, null]],
    gesture: 1, undoes: "x", suggestion_shown: true, made_at: "2026-11-22T12:00:00.000Z",
  });
});

test("one batch is in flight at a time, and later operations go with the next", () => {
  const queue = queueOf(1);

  const first = queue.takeBatch();
  label(queue, 8);
  label(queue, 9);

  assert.deepEqual(ids(first), ["page-1"]);
  assert.equal(queue.takeBatch(), null);
  queue.acknowledge(["page-1"]);
  assert.deepEqual(ids(queue.takeBatch()), ["page-2", "page-3"]);
});

test("a batch that was put back is sent again with the same ids in the same order, new ones after it", () => {
  const queue = queueOf(2);
  const first = queue.takeBatch();
  queue.putBack();
  label(queue, 9);

  const second = queue.takeBatch();

  assert.deepEqual(second.operations.slice(0, 2), first.operations);
  assert.deepEqual(second.operations.map(({ sequence }) => sequence), [1, 2, 3]);
});

test("a repeated or unknown acknowledgement does no harm", () => {
  const queue = queueOf(3);
  queue.takeBatch();
  queue.acknowledge(["page-1", "page-2"]);
  queue.acknowledge(["page-1", "elsewhere"]);

  assert.equal(queue.unsaved, 1);
  assert.deepEqual(ids(queue.takeBatch()), ["page-3"]);
});

test("a batch has at most 200 operations", () => {
  const queue = queueOf(450);
  const sizes = [];
  for (let batch = queue.takeBatch(); batch; batch = queue.takeBatch()) {
    sizes.push(batch.operations.length);
    queue.acknowledge(ids(batch));
  }

  assert.deepEqual(sizes, [200, 200, 50]);
});

test("a page continues as the client whose operations were stored", () => {
  const stored = [...queueOf(3, "old").operations].slice(1);
  const queue = queueOf(0);

  queue.resume(stored);
  const operation = label(queue, 9);

  assert.equal(operation.client, "old");
  // The last operations of the previous page may be saved without having been stored.
  assert.equal(operation.sequence, 1004);
  const batch = queue.takeBatch();
  assert.equal(batch.client, "old");
  assert.deepEqual(batch.operations.map(({ sequence }) => sequence), [2, 3, 1004]);
});

test("operations of two clients never share a batch", () => {
  const queue = queueOf(0);
  queue.resume([...queueOf(2, "older").operations, ...queueOf(1, "old").operations]);

  const first = queue.takeBatch();
  queue.acknowledge(ids(first));
  const second = queue.takeBatch();

  assert.deepEqual([first.client, ids(first)], ["older", ["older-1", "older-2"]]);
  assert.deepEqual([second.client, ids(second)], ["old", ["old-1"]]);
});

test("the last attempt gets the waiting operations and takes none", () => {
  const queue = queueOf(2);
  queue.takeBatch();

  assert.deepEqual(ids(queue.peekBatch()), ["page-1", "page-2"]);
  assert.equal(queue.unsaved, 2);
});
