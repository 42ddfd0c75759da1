/** A clip's frames and scores as the server sends them: raw bytes, never JSON. */
import { afterPaint } from "../browser/after-paint.js";
import { FrameSheets } from "./frame-sheets.js";
import { ArrivingFrames } from "../lib/frames/frame-stream.js";

const HELD_MS = 500;

export class ClipMedia {
  /** There are more frames than before. */
  onArrival = () => {};
  #gone = new AbortController();
  #waiting = [];
  /** The frame that is to be seen before more are taken in, and when it is. */
  #first = Infinity;
  #painted = null;

  /**
   * The frames begin to arrive at once.
   * @param {object} state  as the server gave it
   * @param {Promise<Response>} [frames]  where somebody asked for them before
   */
  constructor({ block, scores }, frames = this.#answer(block.url)) {
    const nFrames = block.stop - block.start;
    const framePixels = block.height * block.width;
    this.arriving = new ArrivingFrames({ nFrames, framePixels, runFrames: block.run_frames });
    this.sheets = new FrameSheets(this.arriving, block);
    this.scores = scores ? this.#fetchScores(scores.url, nFrames) : Promise.resolve(null);
    /** Settles when every frame is there, or cannot come. */
    this.whole = this.#fill(frames);
    // Whoever waits for the frames hears of it; nobody may have to.
    this.scores.catch(() => {});
    this.whole.catch(() => {});
  }

  /**
   * Wait until a frame can be drawn, and for the scores.
   * @param {number} frame
   * @returns {Promise<Float32Array | null>}
   */
  async ready(frame) {
    const arrival = new Promise((resolve) => { this.#waiting.push({ frame, resolve }); });
    this.#wakeWaiting();
    await Promise.race([arrival, this.whole]);
    return this.scores;
  }

  /**
   * Show a frame as soon as it is `ready`. Until that is painted nothing more is taken in: frames
   * that nobody sees yet must not take the processor from the picture.
   * @param {number} frame
   * @param {(scores: Float32Array | null) => void} show
   */
  first(frame, show) {
    let goOn;
    this.#painted = new Promise((resolve) => { goOn = resolve; });
    this.#first = frame;
    this.ready(frame).then((scores) => { show(scores); afterPaint(goOn); }).catch(goOn);
    // A server whose answers all wait to be read could not send the scores that this waits for.
    setTimeout(goOn, HELD_MS);
  }

  /** Let go of what has not arrived yet. */
  close() {
    this.onArrival = () => {};
    this.#gone.abort();
  }

  async #fill(frames) {
    const reader = (await frames).body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      this.arriving.push(read.value);
      this.#wakeWaiting();
      this.onArrival();
      if (this.sheets.has(this.#first)) await this.#painted;
    }
    this.arriving.end();
  }

  #wakeWaiting() {
    for (const { frame, resolve } of this.#waiting) if (this.sheets.has(frame)) resolve();
  }

  async #fetchScores(url, nFrames) {
    const bytes = await (await this.#answer(url)).arrayBuffer();
    const length = nFrames * Float32Array.BYTES_PER_ELEMENT;
    if (bytes.byteLength !== length) throw new Error(`Expected ${length} bytes, found ${bytes.byteLength}.`);
    return new Float32Array(bytes);
  }

  async #answer(url) {
    // As the page's head asks for it already, so that the answer to that one serves.
    const response = await fetch(url, { signal: this.#gone.signal });
    if (!response.ok || response.redirected) throw new Error(await sentenceOf(response));
    return response;
  }
}

/** What the server says went wrong, in its own sentence where it has one. */
async function sentenceOf({ url, status, redirected }) {
  if (redirected) return "You are logged out.";
  const again = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  const answer = await again?.json().catch(() => ({}));
  return answer?.error ?? `The server answered ${status}.`;
}
