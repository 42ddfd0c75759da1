/**
 * What each action of the key map does to the page. Keys and buttons use the same actions.
 * @typedef {import("../elements/label-page.js").LabelPage} LabelPage
 */
import { NOT_TOUCH, nextUnlabelled, TOUCH, UNLABELLED, UNSURE } from "../lib/labels/labels.js";
import { acceptedRuns } from "../lib/labels/suggestions.js";
import { nextEdge, nextOnset, nudged, touchBefore } from "../lib/labels/touch-edits.js";
import { VIEW_ACTIONS } from "./view-actions.js";

/** The server accepts at most this many runs in one operation; more become several of one gesture. */
const RUNS_MAX = 500;

/** @type {Record<string, (page: LabelPage, amount?: number) => void>} */
const ACTIONS = {
  move: (page, amount) => page.goTo(page.frame + amount),
  "next-touch": (page, direction = 1) => jump(page, direction, nextOnset, "touch"),
  "next-edge": (page, direction = 1) => jump(page, direction, nextEdge, "onset or offset"),
  "next-unlabelled": (page, direction = 1) => goToUnlabelled(page, direction),
  "next-unsure": (page, direction = 1) => goToUnsure(page, direction),
  ...VIEW_ACTIONS,
  touch: (page) => label(page, TOUCH),
  "not-touch": (page) => label(page, NOT_TOUCH),
  unsure: (page) => label(page, UNSURE),
  clear: (page) => label(page, null),
  switch: (page) => switchLabel(page),
  "label-on": (page, value) => labelAndAdvance(page, value),
  paint: (page, amount) => paint(page, amount),
  mark: (page) => mark(page),
  cancel: (page) => cancel(page),
  range: (page, value) => (page.labels.mark === null ? mark(page) : label(page, value === UNLABELLED ? null : value)),
  "nudge-onset": (page, by) => nudge(page, "onset", by),
  "nudge-offset": (page, by) => nudge(page, "offset", by),
  "accept-touch": (page) => acceptTouch(page),
  "accept-rest": (page) => acceptRest(page),
  suggestions: (page) => toggleSuggestions(page),
  note: (page) => note(page),
  undo: (page) => goBackTo(page, page.labels.undo(), "Nothing to undo in this clip"),
  redo: (page) => goBackTo(page, page.labels.redo(), "Nothing to redo"),
  "auto-advance": (page) => page.prefer({ autoAdvance: !page.preferences.autoAdvance }),
  "next-clip": (page) => goToNextGap(page),
  "skip-clip": (page) => page.leave(),
  help: (page) => page.help.toggle(),
};

/** Actions that belong to one gesture while Shift is held, however often the key is pressed. */
const PAINTS = new Set(["paint", "label-on"]);

/**
 * @param {LabelPage} page
 * @param {string} action
 * @param {number} [amount]
 * @param {boolean} [repeat]  the key is held down
 */
export function act(page, action, amount, repeat = false) {
  if (!(action in VIEW_ACTIONS) && action !== "zoom") page.playback.stop();
  const continues = page.gesture.action === action && (repeat || PAINTS.has(action));
  if (!continues) page.gesture = { action };
  ACTIONS[action](page, amount);
}

function label(page, value) {
  const { frame, labels } = page;
  // A range that ends beyond the clip stops at its last frame.
  if (labels.mark === null && !isInClip(page)) return;
  const [start, stop] = labels.markedRange(frame);
  labels.mark = null;
  labels.set([[start, stop, value]]);
  page.refresh();
  if (page.preferences.autoAdvance && value !== null) advance(page, stop);
}

function switchLabel(page) {
  const value = page.labels.at(page.frame);
  if (value === TOUCH) label(page, NOT_TOUCH);
  else if (value === NOT_TOUCH) label(page, TOUCH);
  else page.hint("Only touch and not touch can be switched");
}

/** Label and advance, whatever the preference; a held key paints. */
function labelAndAdvance(page, value) {
  const { frame, labels } = page;
  if (!isInClip(page)) return;
  labels.mark = null;
  labels.set([[frame, frame + 1, value]], page.gesture);
  page.refresh();
  advance(page, frame + 1);
}

function advance(page, frame) {
  if (page.labels.has(frame)) page.goTo(frame);
  else page.hint("The clip ends here");
}

function paint(page, amount) {
  const { frame, labels } = page;
  const value = labels.at(frame);
  const target = frame + amount;
  if (value === UNLABELLED) {
    page.hint("Nothing to copy: this frame has no label");
  } else if (!labels.has(target)) {
    page.hint("The clip ends here");
  } else {
    labels.set([[target, target + 1, value]], page.gesture);
    page.goTo(target);
    page.refresh();
  }
}

function mark(page) {
  if (!isInClip(page)) return;
  page.labels.mark = page.frame;
  page.hint(`Range from frame ${page.frame}: go to its last frame and label it, or press Esc`);
  page.redraw();
}

function cancel(page) {
  if (page.labels.mark === null) return;
  page.labels.mark = null;
  page.hint("Range cancelled; nothing was labelled");
  page.redraw();
}

function nudge(page, edge, by) {
  const { frame, labels } = page;
  const touch = touchBefore(labels.values, labels.start, frame);
  const moved = touch && nudged(labels.values, labels.start, touch, edge, by);
  if (!moved) {
    page.hint("No touch at or before this frame");
  } else if (moved.problem) {
    page.hint(moved.problem);
  } else {
    labels.set([moved.run], page.gesture);
    page.goTo(moved.frame);
    page.refresh();
  }
}

/** Steps through the annotator's touches and, while suggestions are shown, suggested ones in gaps. */
function jump(page, direction, next, what) {
  const { frame, labels } = page;
  const shown = page.shownSuggestions;
  const isTouch = (at) =>
    (labels.isLabelled(at) ? labels.at(at) === TOUCH : labels.has(at) && shown !== null && shown.isTouch(at));
  goToFound(page, next(isTouch, labels.start, labels.stop, frame, direction), what, direction);
}

function goToUnsure(page, direction) {
  const suggestions = shownSuggestions(page);
  if (!suggestions) return;
  const { labels, frame } = page;
  const isUnsure = (at) => labels.has(at) && suggestions.isUnsure(at);
  const found = nextOnset(isUnsure, labels.start, labels.stop, frame, direction);
  goToFound(page, found, "frame where the model is unsure", direction);
}

function goToUnlabelled(page, direction) {
  const { labels, frame } = page;
  goToFound(page, nextUnlabelled(labels.values, labels.start, frame, direction), "frame without a label", direction);
}

/** Never wraps from one end of the clip to the other: a message says that there is nothing to go to. */
function goToFound(page, frame, what, direction) {
  if (frame === null) page.hint(`No ${what} ${direction > 0 ? "after" : "before"} this frame in the clip`);
  else page.goTo(frame);
}

function acceptTouch(page) {
  const suggestions = shownSuggestions(page);
  const touch = suggestions?.touchAt(page.frame);
  if (!suggestions) return;
  if (!touch) {
    page.hint("The model suggests no touch at this frame");
    return;
  }
  const runs = acceptedRuns(page.labels, suggestions, ...touch);
  if (page.labels.set(runs)) page.refresh();
  else page.hint("You have labelled every frame of this suggested touch");
  page.goTo(Math.min(touch[1], page.labels.stop - 1));
}

function acceptRest(page) {
  const suggestions = shownSuggestions(page);
  if (!suggestions) return;
  const { frame, labels } = page;
  const runs = acceptedRuns(labels, suggestions, frame, labels.stop);
  const frames = runs.reduce((sum, [start, stop]) => sum + stop - start, 0);
  for (let i = 0; i < runs.length; i += RUNS_MAX) labels.set(runs.slice(i, i + RUNS_MAX), page.gesture);
  page.refresh();
  page.hint(frames
    ? `${frames} frames labelled as the model suggests; your own labels are unchanged`
    : "Every frame from here to the clip's end has a label");
}

function toggleSuggestions(page) {
  if (!page.suggestions) page.hint("This clip is labelled without the model's suggestions");
  else page.prefer({ suggestions: !page.preferences.suggestions });
}

function shownSuggestions(page) {
  if (!page.suggestions) page.hint("This clip is labelled without the model's suggestions");
  else if (!page.shownSuggestions) page.hint("The suggestions are hidden: show them first");
  return page.shownSuggestions;
}

function note(page) {
  if (isInClip(page)) page.noteEditor.open(page.frame, page.labels.notes.get(page.frame) ?? "");
}

function isInClip(page) {
  const { frame, labels } = page;
  if (labels.has(frame)) return true;
  page.hint(`Frame ${frame} is context only: label frames ${labels.start} to ${labels.stop - 1}`);
  return false;
}

function goBackTo(page, frame, otherwise) {
  if (frame === null) {
    page.hint(page.labels.isRecalling ? "Loading earlier changes: press again in a moment" : otherwise);
    return;
  }
  page.goTo(frame);
  page.refresh();
}

/** Go to the next frame without a label, else to the first one, else to the next clip. */
function goToNextGap(page) {
  const { labels, frame } = page;
  const next = nextUnlabelled(labels.values, labels.start, frame);
  const first = next ?? nextUnlabelled(labels.values, labels.start, labels.start - 1);
  if (first === null) {
    page.leave();
    return;
  }
  if (next === null) page.hint("No gap after this frame: this is the clip's first gap");
  page.goTo(first);
}
