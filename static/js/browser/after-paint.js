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

/**
 * The same work again and again: telling in words what pictures show. It waits until nothing was
 * asked for a while, so that the words of one picture are not laid out with the next.
 */
export class Following {
  #isAsked = false;
  #askedAt = 0;
  #latest = 0;

  /** @param {() => void} work @param {{pauseMs: number, latestMs: number}} wait */
  constructor(work, { pauseMs, latestMs }) {
    Object.assign(this, { work, pauseMs, latestMs });
  }

  soon() {
    const now = performance.now();
    this.#askedAt = now;
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#latest = now + this.latestMs;
    setTimeout(this.#look, this.pauseMs);
  }

  #look = () => {
    const now = performance.now();
    const left = Math.min(this.#askedAt + this.pauseMs, this.#latest) - now;
    if (left > 1) setTimeout(this.#look, left);
    else whenIdle(this.#do);
  };

  #do = () => {
    this.#isAsked = false;
    this.work();
  };
}
