/**
 * Operations that are not saved yet, kept in the browser's own database, so that they outlive
 * a killed tab. They belong to one account and one assignment. An operation is kept when its
 * transaction is complete, not before.
 * @typedef {import("../lib/saving/operation-queue.js").Operation} Operation
 * @typedef {{user: number, username: string, assignment: number, url: string}} Owner
 * @typedef {{operation: Operation, kind: "overtaken" | "refused", error: string}} Aside
 */
import { inOrder, rowsByOwner } from "../lib/saving/stored-rows.js";

const STORE = "operations";
const RETRY_MS = 5_000;

/** @type {Promise<IDBDatabase | null> | null} one connection for the page */
let opening = null;

export class KeptOperations {
  #database = null;
  #changes = [];
  #writing = null;
  #willWrite = false;
  #unkept = new Set();
  onChange = () => {};

  /** @param {Owner} owner */
  constructor(owner) {
    this.owner = owner;
    this.key = `${owner.user}/${owner.assignment}`;
  }

  /** How many operations would be lost if the tab died now. */
  get unkept() {
    return this.#unkept.size;
  }

  /** @param {string} id */
  isKept(id) {
    return !this.#unkept.has(id);
  }

  /** @returns {Promise<{waiting: Operation[], aside: Aside[]}>} what earlier pages kept, oldest first */
  async read() {
    this.#database = await database();
    const rows = this.#database ? await this.#rows().catch(() => []) : [];
    return inOrder(rows);
  }

  /** @param {Operation} operation */
  keep(operation) {
    this.#unkept.add(operation.id);
    this.#put(operation, null);
  }

  /** Keep what the server has not made labels of, until its annotator chooses. @param {Aside} aside */
  setAside({ operation, kind, error }) {
    this.#put(operation, { kind, error });
  }

  /** @param {string[]} ids */
  forget(ids) {
    for (const id of ids) this.#unkept.delete(id);
    this.#change((store) => ids.forEach((id) => store.delete(id)));
  }

  /** Resolves when nothing is being written any more. */
  async settled() {
    await this.flush();
    while (this.#writing) await this.#writing;
  }

  /** Write now what would be written in the next task. */
  flush() {
    this.#willWrite = false;
    if (!this.#writing && this.#changes.length && this.#database) this.#writing = this.#write(this.#changes.splice(0));
    return this.#writing;
  }

  #put(operation, aside) {
    const order = performance.timeOrigin + performance.now();
    this.#change((store) => store.put({ id: operation.id, owner: this.key, ...this.#about(), order, operation, aside }));
  }

  #about() {
    const { user, username, assignment, url } = this.owner;
    return { user, username, assignment, url };
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
    const unkept = [...this.#unkept];
    try {
      await complete(this.#database, (store) => changes.forEach((change) => change(store)));
      for (const id of unkept) this.#unkept.delete(id);
    } catch {
      // A full disk may have room again: until then the operations count as not kept.
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

/** Every account and assignment of which this browser keeps operations. */
export async function keptByOwner() {
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

/** Strict: the browser says "complete" only when the disk has it. */
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
