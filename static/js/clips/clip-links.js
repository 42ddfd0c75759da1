/**
 * Links to clips open in place. The next clip is prefetched once the page is idle, any other clip
 * when the pointer rests on its link, so that little is left to do after the click. If that fails,
 * the browser follows the link.
 */
import { whenIdle } from "../browser/after-paint.js";
import { ClipPrefetch } from "./clip-prefetch.js";

/** An older prefetch may miss labels that were made elsewhere. */
const FRESH_MS = 30_000;
/** A pointer that only passes over a link prefetches nothing. */
const DWELL_MS = 65;
const LINKS = "a[data-clip]";
const NEXT = 'a[data-clip="next"]';

const here = location.pathname;
/** By link: the next clip, and the clip whose link was pointed at last. @type {Map<string, ClipPrefetch>} */
const prefetches = new Map();
let wanted = null;
let dwelling = 0;

/** @param {HTMLAnchorElement} link @param {boolean} [isWanted]  fetch the frames at once, too */
function prefetch({ href, dataset }, isWanted = true) {
  const known = prefetches.get(href);
  if (known && !known.isOlderThan(FRESH_MS)) return known;
  const next = document.querySelector(NEXT)?.href;
  for (const other of [...prefetches.keys()].filter((each) => each === href || each !== next)) close(other);
  const made = new ClipPrefetch(href, isWanted ? dataset.frames : undefined);
  prefetches.set(href, made);
  return made;
}

function close(href) {
  prefetches.get(href).close();
  prefetches.delete(href);
}

async function open(link) {
  const clip = prefetch(link);
  wanted = clip;
  prefetches.delete(link.href);
  // Other prefetches must not slow this one down.
  [...prefetches.keys()].forEach(close);
  link.setAttribute("aria-busy", "true");
  const isReady = await clip.page.then(() => true, () => false);
  if (wanted !== clip) return;
  // If anything fails, even half way through opening, load the clip's own page.
  await (isReady ? clip.open() : Promise.reject()).catch(() => location.assign(link.href));
}

const linkAt = ({ target }) => (target instanceof Element ? target.closest(LINKS) : null);

function dwell(event) {
  clearTimeout(dwelling);
  const link = linkAt(event);
  if (link) dwelling = setTimeout(() => prefetch(link), DWELL_MS);
}

document.addEventListener("pointerover", dwell);
document.addEventListener("focusin", dwell);

document.addEventListener("pointerdown", (event) => {
  const link = linkAt(event);
  if (link && !event.button) prefetch(link);
});

document.addEventListener("click", (event) => {
  const link = linkAt(event);
  const isPlain = !(event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  clearTimeout(dwelling);
  open(link);
});

// Forward from this page to a clip that was opened in place: load the clip's own page.
addEventListener("popstate", () => {
  if (location.pathname !== here && !document.querySelector("label-page")) location.reload();
});

function prefetchNext() {
  const next = document.querySelector(NEXT);
  if (next) prefetch(next, false);
}

if (document.readyState === "complete") whenIdle(prefetchNext);
else addEventListener("load", () => whenIdle(prefetchNext));
