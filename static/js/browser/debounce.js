/**
 * Work that many events request and that runs once they pause: pictures before words, one request
 * for many keys. Requesting it again is cheap: it sets no new timer.
 */
import { whenIdle } from "./after-paint.js";

export class Debounce {
  #isRequested = false;
  #requestedAt = 0;
  #latest = 0;
  #timer = 0;

  /**
   * @param {() => void} work
   * @param {object} wait
   * @param {number} wait.pauseMs  run after this long without a request
   * @param {number} [wait.latestMs]  run at the latest this long after the first request
   * @param {(work: () => void) => void} [run]  calls the work when its time has come
   */
  constructor(work, { pauseMs, latestMs = Infinity }, run = whenIdle) {
    Object.assign(this, { work, pauseMs, latestMs, run });
  }

  request() {
    const now = performance.now();
    this.#requestedAt = now;
    if (this.#isRequested) return;
    this.#isRequested = true;
    this.#latest = now + this.latestMs;
    this.#timer = setTimeout(this.#check, this.pauseMs);
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#isRequested = false;
  }

  #check = () => {
    const now = performance.now();
    const left = Math.min(this.#requestedAt + this.pauseMs, this.#latest) - now;
    if (left > 1) this.#timer = setTimeout(this.#check, left);
    else this.run(this.#finish);
  };

  #finish = () => {
    if (!this.#isRequested) return;
    this.#isRequested = false;
    this.work();
  };
}
