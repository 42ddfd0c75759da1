/**
 * Work that the picture does not wait for: it is done once the picture is painted and the browser
 * has nothing more urgent to do, at the latest a tenth of a second after.
 */
const LATEST_MS = 100;

/** As soon as nothing more urgent waits. Safari has no idle callbacks: there it is the next task. @param {() => void} work */
export const whenIdle = globalThis.requestIdleCallback
  ? (work) => requestIdleCallback(() => work(), { timeout: LATEST_MS })
  : (work) => setTimeout(work);

/** @param {() => void} work */
export function afterPaint(work) {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(latest);
    work();
  };
  // Nothing is painted of a page that is not on the screen.
  const latest = setTimeout(once, LATEST_MS);
  requestAnimationFrame(() => whenIdle(once));
}

/** The same work again and again: once after a paint, and at most so often. */
export class Following {
  #isAsked = false;
  #doneAt = -Infinity;

  /** @param {() => void} work @param {number} pauseMs  from once to the next at least */
  constructor(work, pauseMs) {
    Object.assign(this, { work, pauseMs });
  }

  soon() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const left = this.#doneAt + this.pauseMs - performance.now();
    if (left > 0) setTimeout(() => whenIdle(this.#do), left);
    else afterPaint(this.#do);
  }

  #do = () => {
    this.#isAsked = false;
    this.#doneAt = performance.now();
    this.work();
  };
}
