/**
 * What each action of the keymap does to the page. Keys and buttons come here alike.
 * @typedef {import("./elements/label-page.js").LabelPage} LabelPage
 */
import { nextUnlabelled, NOT_TOUCH, TOUCH, UNLABELLED, UNSURE } from "./lib/labels.js";

/** @type {Record<string, (page: LabelPage, amount?: number) => void>} */
const ACTIONS = {
  move: (page, amount) => page.goTo(page.frame + amount),
  "next-unlabelled": (page) => goToUnlabelled(page),
  play: (page) => page.playback.toggle(),
  touch: (page) => label(page, TOUCH),
  "not-touch": (page) => label(page, NOT_TOUCH),
  unsure: (page) => label(page, UNSURE),
  clear: (page) => label(page, null),
  switch: (page) => switchLabel(page),
  paint: (page, amount) => paint(page, amount),
  undo: (page) => goBackTo(page, page.labels.undo(), "Nothing to undo in this clip"),
  redo: (page) => goBackTo(page, page.labels.redo(), "Nothing to do again"),
  "auto-advance": (page) => page.prefer({ autoAdvance: !page.preferences.autoAdvance }),
  "next-clip": (page) => goOn(page),
  help: (page) => page.help.toggle(),
};

/**
 * @param {LabelPage} page
 * @param {string} action
 * @param {number} [amount]
 */
export function act(page, action, amount) {
  if (action !== "play") page.playback.stop();
  if (action !== "paint") page.endGesture();
  ACTIONS[action](page, amount);
}

function label(page, value) {
  const { frame, labels } = page;
  if (!labels.has(frame)) {
    page.hint(`Frame ${frame} only gives context: frames ${labels.start} to ${labels.stop - 1} are to be labelled`);
    return;
  }
  labels.set([[frame, frame + 1, value]]);
  page.refresh();
  const advances = page.preferences.autoAdvance && value !== null && labels.has(frame + 1);
  if (advances) page.goTo(frame + 1);
}

function switchLabel(page) {
  const value = page.labels.at(page.frame);
  if (value === TOUCH) label(page, NOT_TOUCH);
  if (value === NOT_TOUCH) label(page, TOUCH);
}

function paint(page, amount) {
  const { frame, labels } = page;
  const value = labels.at(frame);
  const target = frame + amount;
  if (value === UNLABELLED) {
    page.hint("Nothing to carry: this frame has no label yet");
  } else if (!labels.has(target)) {
    page.hint("The clip ends here");
  } else {
    labels.set([[target, target + 1, value]], page.gesture);
    page.goTo(target);
    page.refresh();
  }
}

function goBackTo(page, frame, otherwise) {
  if (frame === null) {
    page.hint(otherwise);
    return;
  }
  page.goTo(frame);
  page.refresh();
}

function goToUnlabelled(page) {
  const { labels, frame } = page;
  const next = nextUnlabelled(labels.values, labels.start, frame);
  if (next === null) {
    page.hint("Every frame of this clip has a label");
    return;
  }
  if (next <= frame) page.hint("From the start of the clip again");
  page.goTo(next);
}

function goOn(page) {
  const { labelled } = page.labels.counts();
  if (labelled === page.labels.values.length) page.leave();
  else goToUnlabelled(page);
}
