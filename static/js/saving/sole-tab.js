/**
 * At most one page of a browser sends an assignment's operations. A page that labels holds it
 * until another is told to take over; one that only sends what was kept yields at once.
 * Locks exist on https and localhost alone: elsewhere the pages ask each other.
 */

const PATIENCE_MS = 500;
const TAKE_OVER_MS = 2_000;

const later = (ms) => new Promise((resolve) => { setTimeout(() => resolve(false), ms); });

export class SoleTab {
  holds = false;
  #id = Math.random();
  #letGo = () => {};
  /** @type {AbortController | null} of a lock that is asked for and not granted yet */
  #asking = null;
  #isLate = false;

  /**
   * @param {string} name
   * @param {{yields: boolean, onWanted: () => Promise<void>, onLost: () => void, onGained: () => void}} parts
   *   onWanted: another page takes over; hand over what is to be handed over, then it goes on.
   *   onGained: the page that had it has gone, some time after this one asked
   */
  constructor(name, { yields, onWanted, onLost, onGained }) {
    Object.assign(this, { name, yields, onWanted, onLost, onGained });
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** Whether this page is the only one now. @param {{patience?: number}} [options]  0: do not wait for it */
  async take({ patience = PATIENCE_MS } = {}) {
    if (patience) this.#say({ says: "wanted", force: false });
    if (!navigator.locks) this.holds = await this.#ask(patience);
    else if (!patience) await this.#lock({ ifAvailable: true });
    // A page that is just leaving lets go of its lock a moment after this one asks for it.
    else await this.#queue(patience);
    return this.holds;
  }

  /** Take it from the page that has it, whether that one still answers or not. */
  async takeOver() {
    this.#isLate = false;
    this.#say({ says: "wanted", force: true });
    if (!navigator.locks) {
      await this.#ask(TAKE_OVER_MS);
      this.holds = true;
    } else if (!this.holds && !(await this.#queue(TAKE_OVER_MS))) {
      this.#asking?.abort();
      await this.#lock({ steal: true });
    }
    return this.holds;
  }

  release() {
    this.holds = false;
    this.#letGo();
  }

  close() {
    this.#asking?.abort();
    this.release();
    this.channel.close();
  }

  /** Ask, and wait for some time; granted later, it counts as gained. */
  async #queue(patience) {
    this.#asking ??= new AbortController();
    this.granted ??= this.#lock({ signal: this.#asking.signal });
    const granted = await Promise.race([this.granted, later(patience)]);
    this.#isLate = !granted;
    return granted;
  }

  #lock(options) {
    return new Promise((resolve) => {
      const hold = (lock) => {
        this.#asking = this.granted = null;
        this.holds = Boolean(lock);
        resolve(this.holds);
        if (this.holds && this.#isLate) this.onGained();
        this.#isLate = false;
        return lock && new Promise((letGo) => { this.#letGo = letGo; });
      };
      navigator.locks.request(this.name, options, hold).catch(() => {
        if (options.signal) this.#asking = this.granted = null;
        resolve(false);
        if (!options.signal?.aborted) this.#lose();
      });
    });
  }

  /** Without locks: nobody who answers "mine" in time has it. */
  async #ask(patience) {
    let taken = false;
    const hear = ({ data }) => { taken = data.says === "mine" || (taken && data.says !== "free"); };
    this.channel.addEventListener("message", hear);
    this.#say({ says: "whose" });
    const until = performance.now() + Math.max(patience, PATIENCE_MS / 2);
    do await new Promise((resolve) => { setTimeout(resolve, 50); }); while (performance.now() < until);
    this.channel.removeEventListener("message", hear);
    return !taken;
  }

  async #hear({ says, force, from }) {
    if (from === this.#id || !this.holds) return;
    if (says === "whose") this.#say({ says: "mine" });
    if (says !== "wanted" || !(force || this.yields)) return;
    await this.onWanted();
    this.release();
    this.#say({ says: "free" });
    this.onLost();
  }

  #lose() {
    if (!this.holds) return;
    this.holds = false;
    this.onLost();
  }

  #say(message) {
    this.channel.postMessage({ ...message, from: this.#id });
  }
}
