/**
 * Work that must not delay the picture: it runs once the picture is painted and the browser has
 * nothing more urgent to do, at most a tenth of a second later.
 */
const LATEST_MS = 100;

/**
 * Run when nothing more urgent is pending. Safari has no idle callbacks: the next task runs it there.
 * @param {() => void} work
 */
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
  // A page in the background is never painted.
  const latest = setTimeout(once, LATEST_MS);
  requestAnimationFrame(() => whenIdle(once));
}
