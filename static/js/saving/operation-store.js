/**
 * Unsaved operations in the browser's own database, so that they survive a killed tab. They belong
 * to one account and one assignment. An operation counts as stored once its transaction is complete.
 *
 * The names in the database are those of its first version: browsers hold labels under them.
 * @typedef {import("../lib/saving/operation-queue.js").Operation} Operation
 * @typedef {{user: number, username: string, assignment: number, url: string}} Owner
 * @typedef {{operation: Operation, kind: "overtaken" | "refused", error: string}} UnappliedOperation
 */
import { inOrder, rowsByOwner } from "../lib/saving/stored-rows.js";

const STORE = "operations";
const RETRY_MS = 5_000;

/** @type {Promise<IDBDatabase | null> | null} one connection for the page */
let opening = null;

export class OperationStore {
  #database = null;
  #changes = [];
  #writing = null;
  #willWrite = false;
  #unstored = new Set();
  onChange = () => {};

  /** @param {Owner} owner */
  constructor(owner) {
    this.owner = owner;
    this.key = `${owner.user}/${owner.assignment}`;
  }

  /** How many operations would be lost if the tab died now. */
  get unstored() {
    return this.#unstored.size;
  }

  /** @param {string} id */
  isStored(id) {
    return !this.#unstored.has(id);
  }

  /**
   * What earlier pages stored, oldest first.
   * @returns {Promise<{waiting: Operation[], unapplied: UnappliedOperation[]}>}
   */
  async read() {
    this.#database = await database();
    const rows = this.#database ? await this.#rows().catch(() => []) : [];
    return inOrder(rows);
  }

  /** @param {Operation} operation */
  add(operation) {
    this.#unstored.add(operation.id);
    this.#put(operation, null);
  }

  /** Store an operation until its annotator decides about it. @param {UnappliedOperation} unapplied */
  addUnapplied({ operation, kind, error }) {
    this.#put(operation, { kind, error });
  }

  /** @param {string[]} ids */
  delete(ids) {
    for (const id of ids) this.#unstored.delete(id);
    this.#change((store) => ids.forEach((id) => store.delete(id)));
  }

  /** Resolves when every change is written. */
  async written() {
    await this.flush();
    while (this.#writing) await this.#writing;
  }

  /** Write the pending changes now instead of in the next task. */
  flush() {
    this.#willWrite = false;
    if (!this.#writing && this.#changes.length && this.#database) this.#writing = this.#write(this.#changes.splice(0));
    return this.#writing;
  }

  #put(operation, aside) {
    const { user, username, assignment, url } = this.owner;
    const order = performance.timeOrigin + performance.now();
    const row = { id: operation.id, owner: this.key, user, username, assignment, url, order, operation, aside };
    this.#change((store) => store.put(row));
  }

  #change(change) {
    this.#changes.push(change);
    // In a task of its own: the picture does not wait for it, and it does not wait for a paint.
    this.#writeIn(0);
  }

  #writeIn(ms) {
    if (this.#willWrite) return;
    this.#willWrite = true;
    setTimeout(() => { if (this.#willWrite) this.flush(); }, ms);
  }

  async #write(changes) {
    const unstored = [...this.#unstored];
    try {
      await complete(this.#database, (store) => changes.forEach((change) => change(store)));
      for (const id of unstored) this.#unstored.delete(id);
    } catch {
      // A full disk may have room again: until then the operations count as not stored.
      this.#changes.unshift(...changes);
      this.#writeIn(RETRY_MS);
      opening = null;
      this.#database = (await database()) ?? this.#database;
    }
    this.#writing = null;
    if (!this.#willWrite && this.#changes.length) this.flush();
    this.onChange();
  }

  #rows() {
    return finished(this.#database.transaction(STORE).objectStore(STORE).index("owner").getAll(this.key));
  }
}

/** Every account and assignment that has operations in this browser. */
export async function storedByOwner() {
  const open = await database();
  return open ? rowsByOwner(await finished(open.transaction(STORE).objectStore(STORE).getAll())) : [];
}

function database() {
  opening ??= openDatabase().catch(() => null);
  return opening;
}

async function openDatabase() {
  const request = indexedDB.open("whacc", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("owner", "owner");
  };
  const open = await finished(request);
  open.onclose = () => { opening = null; };
  return open;
}

/** Strict: the browser reports "complete" only once the data is on the disk. */
function complete(open, change) {
  return new Promise((resolve, reject) => {
    const transaction = open.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
    change(transaction.objectStore(STORE));
  });
}

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another page holds the database."));
  });
}
