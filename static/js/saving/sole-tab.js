/**
 * At most one page of a browser sends an assignment's operations. A page that labels holds the
 * assignment until another page is told to take over; a page that only sends stored operations
 * yields at once. Locks exist only on https and localhost: elsewhere the pages ask each other.
 *
 * The words of the messages ("wanted", "whose", "mine", "free") are fixed: a page of an earlier
 * version may still be open in another tab.
 */

const PATIENCE_MS = 500;
const TAKE_OVER_MS = 2_000;

const later = (ms) => new Promise((resolve) => { setTimeout(() => resolve(false), ms); });

export class SoleTab {
  holds = false;
  #id = Math.random();
  #release = () => {};
  /** @type {AbortController | null} of a lock request that is not granted yet */
  #requesting = null;
  #isLate = false;

  /**
   * @param {string} name
   * @param {{yields: boolean, onWanted: () => Promise<void>, onLost: () => void, onGained: () => void}} parts
   *   onWanted: another page takes over once the promise resolves.
   *   onGained: the other page has closed, some time after this one requested the lock
   */
  constructor(name, { yields, onWanted, onLost, onGained }) {
    Object.assign(this, { name, yields, onWanted, onLost, onGained });
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => this.#receive(data);
  }

  /** Whether this page is the only one now. @param {{patience?: number}} [options]  0: do not wait */
  async acquire({ patience = PATIENCE_MS } = {}) {
    if (patience) this.#send({ says: "wanted", force: false });
    if (!navigator.locks) this.holds = await this.#ask(patience);
    else if (!patience) await this.#lock({ ifAvailable: true });
    // A page that is closing releases its lock a moment after this one requests it.
    else await this.#waitForLock(patience);
    return this.holds;
  }

  /** Take it from the page that holds it, even if that page does not answer. */
  async takeOver() {
    this.#isLate = false;
    this.#send({ says: "wanted", force: true });
    if (!navigator.locks) {
      await this.#ask(TAKE_OVER_MS);
      this.holds = true;
    } else if (!this.holds && !(await this.#waitForLock(TAKE_OVER_MS))) {
      this.#requesting?.abort();
      await this.#lock({ steal: true });
    }
    return this.holds;
  }

  release() {
    this.holds = false;
    this.#release();
  }

  close() {
    this.#requesting?.abort();
    this.release();
    this.channel.close();
  }

  /** Request the lock and wait for some time; a lock that is granted later counts as gained. */
  async #waitForLock(patience) {
    this.#requesting ??= new AbortController();
    this.granted ??= this.#lock({ signal: this.#requesting.signal });
    const granted = await Promise.race([this.granted, later(patience)]);
    this.#isLate = !granted;
    return granted;
  }

  #lock(options) {
    return new Promise((resolve) => {
      const hold = (lock) => {
        this.#requesting = this.granted = null;
        this.holds = Boolean(lock);
        resolve(this.holds);
        if (this.holds && this.#isLate) this.onGained();
        this.#isLate = false;
        return lock && new Promise((release) => { this.#release = release; });
      };
      navigator.locks.request(this.name, options, hold).catch(() => {
        if (options.signal) this.#requesting = this.granted = null;
        resolve(false);
        if (!options.signal?.aborted) this.#lose();
      });
    });
  }

  /** Without locks: the assignment is free if no page answers "mine" in time. */
  async #ask(patience) {
    let taken = false;
    const receive = ({ data }) => { taken = data.says === "mine" || (taken && data.says !== "free"); };
    this.channel.addEventListener("message", receive);
    this.#send({ says: "whose" });
    const until = performance.now() + Math.max(patience, PATIENCE_MS / 2);
    do await later(50); while (performance.now() < until);
    this.channel.removeEventListener("message", receive);
    return !taken;
  }

  async #receive({ says, force, from }) {
    if (from === this.#id || !this.holds) return;
    if (says === "whose") this.#send({ says: "mine" });
    if (says !== "wanted" || !(force || this.yields)) return;
    await this.onWanted();
    this.release();
    this.#send({ says: "free" });
    this.onLost();
  }

  #lose() {
    if (!this.holds) return;
    this.holds = false;
    this.onLost();
  }

  #send(message) {
    this.channel.postMessage({ ...message, from: this.#id });
  }
}
