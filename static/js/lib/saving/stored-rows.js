/**
 * Rows of the browser's database, as operations in the order in which they were made.
 *
 * `aside` marks an unapplied operation; its name is that of rows in browsers today.
 * @typedef {import("./operation-queue.js").Operation} Operation
 * @typedef {{owner: string, user: number, username: string, assignment: number, url: string, order: number,
 *   operation: Operation, aside?: {kind: string, error: string} | null}} Row
 */

/**
 * A clock may be set back: within a client the sequence decides, between clients the first time.
 * @param {Row[]} rows
 */
export function inOrder(rows) {
  const begun = new Map();
  for (const { order, operation } of rows) {
    begun.set(operation.client, Math.min(order, begun.get(operation.client) ?? Infinity));
  }
  const sorted = rows.toSorted((a, b) =>
    begun.get(a.operation.client) - begun.get(b.operation.client) || a.operation.sequence - b.operation.sequence);
  return {
    waiting: sorted.filter(({ aside }) => !aside).map(({ operation }) => operation),
    unapplied: sorted.filter(({ aside }) => aside).map(({ operation, aside }) => ({ operation, ...aside })),
  };
}

/**
 * One entry for each account and assignment, with how many operations wait to be sent.
 * @param {Row[]} rows
 */
export function rowsByOwner(rows) {
  const owners = new Map();
  for (const { owner, user, username, assignment, url, aside } of rows) {
    const entry = owners.get(owner) ?? { user, username, assignment, url, waiting: 0, unapplied: 0 };
    entry[aside ? "unapplied" : "waiting"] += 1;
    owners.set(owner, entry);
  }
  return [...owners.values()];
}
