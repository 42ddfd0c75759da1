/**
 * The stretches of a subset in order, and the server's data of the current and the next one.
 * @typedef {{trial: number, number: number, session: string, start: number, stop: number, settled: boolean}} Entry
 */
import { fetchJson } from "../browser/fetch-json.js";

export class StretchQueue {
  /** @type {Map<number, Promise<object>>} */
  #loaded = new Map();
  /** Decisions of this account, until the server's data includes them. @type {Map<number, object>} by index */
  #own = new Map();

  /** @param {{stretches: Entry[], url: string, username: string}} state */
  constructor({ stretches, url, username }) {
    Object.assign(this, { stretches, url, username });
  }

  /** The index to begin with: the first open stretch, else the first. @returns {number | null} */
  get first() {
    const open = this.stretches.findIndex(({ settled }) => !settled);
    return this.stretches.length ? Math.max(0, open) : null;
  }

  get counts() {
    const adjudicated = this.stretches.filter((each) => each.settled).length;
    return { open: this.stretches.length - adjudicated, adjudicated };
  }

  /** The next open stretch after another, wrapping at the end; null if none is open. @param {number} at */
  nextOpen(at) {
    const n = this.stretches.length;
    for (let by = 1; by <= n; by += 1) if (!this.stretches[(at + by) % n].settled) return (at + by) % n;
    return null;
  }

  /** @param {{trial: number, start: number, stop: number}} wanted @returns {number} -1 if there is none */
  find({ trial, start, stop }) {
    return this.stretches.findIndex((each) => each.trial === trial && each.start === start && each.stop === stop);
  }

  /** Count a decision from now on, before the server has it. @param {number} at @param {object} decision */
  remember(at, decision) {
    if (at < 0) return;
    this.#loaded.delete(at);
    this.#own.set(at, { ...decision, recorded: Infinity });
    this.stretches[at].settled = decision.values !== null;
  }

  /** The server has a decision. @param {string} id @param {number} revision  of the log with it */
  recorded(id, revision) {
    for (const own of this.#own.values()) if (own.id === id) own.recorded = revision;
  }

  /**
   * The server's data of a stretch, with this account's decision if it is newer.
   * @param {number} at
   * @returns {Promise<object>}
   */
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

  /** Drop what is loaded of a stretch: it has changed on the server. @param {number} at */
  forget(at) {
    this.#loaded.delete(at);
    this.#own.delete(at);
  }

  /** Fetch the stretch that is likely to be opened next. @param {number} at */
  prefetchNext(at) {
    const next = this.nextOpen(at);
    for (const known of this.#loaded.keys()) if (known !== at && known !== next) this.#loaded.delete(known);
    if (next !== null) this.load(next).catch(() => {});
  }

  #fetch({ trial, start, stop }) {
    return fetchJson(`${this.url}${trial}/${start}-${stop}/`);
  }
}
