/**
 * Keys and buttons that change the view: playback and the look of the frames. None of them stops
 * playback.
 * @typedef {import("../elements/label-page.js").LabelPage} LabelPage
 */
import { showFullFrame } from "../frames/full-frame.js";
import { loopAround, nextPace } from "../lib/frames/playback-pace.js";
import { TOUCH } from "../lib/labels/labels.js";
import { PLAIN_LOOK } from "./preferences.js";

const STEPS = { contrast: 2, brightness: 8 };
const ENDS = { contrast: [-20, 30], brightness: [-100, 100] };

/** @type {Record<string, (page: LabelPage, amount?: number) => void>} */
export const VIEW_ACTIONS = {
  play: (page) => page.playback.toggle(),
  loop: (page) => loop(page),
  zoom: (page, amount) => page.timeline.zoom(amount, page.frame),
  pace: (page, way) => changePace(page, way),
  contrast: (page, way) => turn(page, "contrast", way),
  brightness: (page, way) => turn(page, "brightness", way),
  lags: (page) => page.prefer({ lags: !page.preferences.lags }),
  "intro-read": (page) => page.prefer({ introRead: true }),
  "full-frame": (page) => showFullFrame(page),
  "plain-look": (page) => page.prefer(PLAIN_LOOK),
};

function loop(page) {
  const { frame, labels, clip } = page;
  const { sheets, scores, threshold } = clip;
  const isLabelled = (each) => labels.at(each) === TOUCH;
  const isSuggested = (each) => scores !== null && scores[each - sheets.start] > threshold;
  const range = loopAround(frame, isLabelled, sheets) ?? loopAround(frame, isSuggested, sheets);
  if (range) page.playback.toggleLoop(range);
  else if (page.playback.loop) page.playback.stop();
  else page.hint(scores ? "No labelled or suggested touch at this frame" : "No touch at this frame");
}

function changePace(page, way) {
  const msPerFrame = nextPace(page.preferences.msPerFrame, way);
  page.prefer({ msPerFrame });
  page.hint(`${msPerFrame} ms per frame`);
}

function turn(page, name, way) {
  const [low, high] = ENDS[name];
  const value = Math.min(high, Math.max(low, page.preferences[name] + way * STEPS[name]));
  page.prefer({ [name]: value });
}
