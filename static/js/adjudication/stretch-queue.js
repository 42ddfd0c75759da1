/**
 * The stretches of a subset in their order, and what the server says of those that are near.
 * @typedef {{trial: number, number: number, session: string, start: number, stop: number, settled: boolean}} Entry
 */
export class StretchQueue {
  /** @type {Map<number, Promise<object>>} */
  #loaded = new Map();
  /** Answers of this account, until the server is known to have them. @type {Map<number, object>} by place */
  #own = new Map();

  /** @param {{stretches: Entry[], url: string, username: string}} state */
  constructor({ stretches, url, username }) {
    Object.assign(this, { stretches, url, username });
  }

  /** Where to begin: the first open one, else the first. @returns {number | null} */
  get first() {
    const open = this.stretches.findIndex(({ settled }) => !settled);
    return this.stretches.length ? Math.max(0, open) : null;
  }

  get counts() {
    const settled = this.stretches.filter((each) => each.settled).length;
    return { open: this.stretches.length - settled, settled };
  }

  /** The next open one after another, round the end; null when nothing is open. @param {number} at */
  nextOpen(at) {
    const n = this.stretches.length;
    for (let by = 1; by <= n; by += 1) if (!this.stretches[(at + by) % n].settled) return (at + by) % n;
    return null;
  }

  /** @param {{trial: number, start: number, stop: number}} wanted  -1 where there is none */
  find({ trial, start, stop }) {
    return this.stretches.findIndex((each) => each.trial === trial && each.start === start && each.stop === stop);
  }

  /** An answer counts from the moment that it is given. @param {number} at @param {object} settlement */
  remember(at, settlement) {
    if (at < 0) return;
    this.#loaded.delete(at);
    this.#own.set(at, { ...settlement, recorded: Infinity });
    this.stretches[at].settled = settlement.values !== null;
  }

  /** @param {string} id @param {number} revision  where it stands in the log */
  recorded(id, revision) {
    for (const own of this.#own.values()) if (own.id === id) own.recorded = revision;
  }

  /** @param {number} at @returns {Promise<object>} as the server gave it, with the own answer if that is newer */
  async load(at) {
    const known = this.#loaded.get(at) ?? this.#fetch(this.stretches[at]);
    this.#loaded.set(at, known);
    known.catch(() => this.#loaded.delete(at));
    const stretch = await known;
    const own = this.#own.get(at);
    if (!own || own.recorded <= stretch.revision) return stretch;
    const { values, reasons } = own;
    return { ...stretch, settled: values && { values, reasons, by: this.username } };
  }

  /** What is known of a stretch is no longer so. @param {number} at */
  forget(at) {
    this.#loaded.delete(at);
    this.#own.delete(at);
  }

  /** Fetch what is likely to be wanted next. @param {number} at */
  ahead(at) {
    const next = this.nextOpen(at);
    for (const known of this.#loaded.keys()) if (known !== at && known !== next) this.#loaded.delete(known);
    if (next !== null) this.load(next).catch(() => {});
  }

  async #fetch({ trial, start, stop }) {
    const url = `${this.url}${trial}/${start}-${stop}/`;
    const response = await fetch(url, { redirect: "error", headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }
}
