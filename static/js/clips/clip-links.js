/**
 * Links to clips open in place. What the clip to label next needs is fetched once the page stands
 * still, any other clip's when it is pointed at; so the click has little left to do. Wherever that
 * does not work out, a link is just followed.
 */
import { whenIdle } from "../browser/after-paint.js";
import { ClipDoor } from "./clip-prefetch.js";

/** Labels that were made elsewhere may be missing in what is older. */
const FRESH_MS = 30_000;
/** Whoever only passes by a link does not want its clip. */
const DWELL_MS = 65;
const LINKS = "a[data-clip]";
const NEXT = 'a[data-clip="next"]';

const here = location.pathname;
/** The clip to label next, and the one that was pointed at last. @type {Map<string, ClipDoor>} */
const doors = new Map();
let wanted = null;
let dwelling = 0;

/** @param {HTMLAnchorElement} link @param {boolean} [isWanted]  so that its frames are not to wait either */
function doorTo({ href, dataset }, isWanted = true) {
  const known = doors.get(href);
  if (known && !known.isOlderThan(FRESH_MS)) return known;
  const next = document.querySelector(NEXT)?.href;
  for (const other of [...doors.keys()].filter((each) => each === href || each !== next)) close(other);
  const door = new ClipDoor(href, isWanted ? dataset.frames : undefined);
  doors.set(href, door);
  return door;
}

function close(href) {
  doors.get(href).close();
  doors.delete(href);
}

async function open(link) {
  const door = doorTo(link);
  wanted = door;
  doors.delete(link.href);
  // What is not opened now must not hold up what is.
  [...doors.keys()].forEach(close);
  link.setAttribute("aria-busy", "true");
  const isReady = await door.page.then(() => true, () => false);
  if (wanted !== door) return;
  // Whatever goes wrong, even half way in, the clip's own page is right.
  await (isReady ? door.open() : Promise.reject()).catch(() => location.assign(link.href));
}

const linkAt = ({ target }) => (target instanceof Element ? target.closest(LINKS) : null);

function dwell(event) {
  clearTimeout(dwelling);
  const link = linkAt(event);
  if (link) dwelling = setTimeout(() => doorTo(link), DWELL_MS);
}

document.addEventListener("pointerover", dwell);
document.addEventListener("focusin", dwell);

document.addEventListener("pointerdown", (event) => {
  const link = linkAt(event);
  if (link && !event.button) doorTo(link);
});

document.addEventListener("click", (event) => {
  const link = linkAt(event);
  const isPlain = !(event.button || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  clearTimeout(dwelling);
  open(link);
});

// Forward to a clip that was opened here, from this page asked for anew.
addEventListener("popstate", () => {
  if (location.pathname !== here && !document.querySelector("label-page")) location.reload();
});

function fetchNext() {
  const next = document.querySelector(NEXT);
  if (next) doorTo(next, false);
}

if (document.readyState === "complete") whenIdle(fetchNext);
else addEventListener("load", () => whenIdle(fetchNext));
