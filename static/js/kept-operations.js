/**
 * Operations that are not saved yet, kept in the browser's own database, so that they outlive
 * a killed tab. They belong to one account and one assignment, and are shown to no other.
 * @typedef {import("./lib/operation-queue.js").Operation} Operation
 */

const STORE = "operations";

export class KeptOperations {
  /** @type {IDBDatabase | null} null where the browser keeps nothing, as in some private windows */
  #database = null;

  /** @param {{user: number, assignment: number}} owner */
  constructor({ user, assignment }) {
    this.owner = `${user}/${assignment}`;
  }

  /**
   * What an earlier page kept, oldest first. Nothing while that page still lives in another
   * tab: it sends its own.
   * @returns {Promise<Operation[]>}
   */
  async open() {
    this.#database = await openDatabase().catch(() => null);
    if (!this.#database || !(await this.#isOnlyPage())) return [];
    const rows = await finished(this.#store("readonly").index("owner").getAll(this.owner)).catch(() => []);
    return rows.sort((a, b) => a.order - b.order).map(({ operation }) => operation);
  }

  /** @param {Operation} operation */
  keep(operation) {
    const order = performance.timeOrigin + performance.now();
    this.#write((store) => store.put({ id: operation.id, owner: this.owner, order, operation }));
  }

  /** @param {string[]} ids */
  forget(ids) {
    this.#write((store) => ids.forEach((id) => store.delete(id)));
  }

  #write(change) {
    try {
      if (this.#database) change(this.#store("readwrite"));
    } catch {
      // The page and the server still have it; only a killed tab would lose it.
      this.#database = null;
    }
  }

  #store(mode) {
    return this.#database.transaction(STORE, mode).objectStore(STORE);
  }

  /** Holds a lock for as long as the page lives; without locks (plain http) the page is trusted. */
  #isOnlyPage() {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      // A reloaded page lets go of its lock a moment after the new one asks for it.
      const options = { signal: AbortSignal.timeout(500) };
      const hold = () => { resolve(true); return new Promise(() => {}); };
      navigator.locks.request(`whacc ${this.owner}`, options, hold).catch(() => resolve(false));
    });
  }
}

function openDatabase() {
  const request = indexedDB.open("whacc", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("owner", "owner");
  };
  return finished(request);
}

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("Another page holds the database."));
  });
}
