/** A clip's frames and scores from the server: raw bytes, never JSON. */
import { afterPaint } from "../browser/after-paint.js";
import { errorFor, statusMessage } from "../browser/fetch-json.js";
import { FrameStream } from "../lib/frames/frame-stream.js";
import { FrameSheets } from "./frame-sheets.js";

const HOLD_MS = 500;

export class ClipMedia {
  /** Called when more frames have arrived. */
  onArrival = () => {};
  #abort = new AbortController();
  #waiting = [];
  /** The frame to paint before more are read, and the promise of its painting. */
  #first = Infinity;
  #painted = null;

  /**
   * Starts fetching at once.
   * @param {object} state  the assignment's, from the server
   * @param {Promise<Response>} [frames]  if they were requested before
   */
  constructor({ block, scores }, frames = this.#request(block.url)) {
    const nFrames = block.stop - block.start;
    const framePixels = block.height * block.width;
    this.stream = new FrameStream({ nFrames, framePixels, runFrames: block.run_frames });
    this.sheets = new FrameSheets(this.stream, block);
    this.scores = scores ? this.#fetchScores(scores.url, nFrames) : Promise.resolve(null);
    /** Resolves when every frame has arrived; rejects if they cannot. */
    this.whole = this.#fill(frames);
    // Callers that await these see the error; without one it is not unhandled.
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
   * Show a frame as soon as it is `ready`. Until it is painted no more data is read: frames that
   * are not visible yet must not take the processor from the picture.
   * @param {number} frame
   * @param {(scores: Float32Array | null) => void} show
   */
  first(frame, show) {
    let resume;
    this.#painted = new Promise((resolve) => { resume = resolve; });
    this.#first = frame;
    this.ready(frame).then((scores) => { show(scores); afterPaint(resume); }).catch(resume);
    // While the frames are not read, the browser may not receive the scores that this waits for.
    setTimeout(resume, HOLD_MS);
  }

  /** Stop fetching. */
  close() {
    this.onArrival = () => {};
    this.#abort.abort();
  }

  async #fill(frames) {
    const reader = (await frames).body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      this.stream.push(read.value);
      this.#wakeWaiting();
      this.onArrival();
      if (this.sheets.has(this.#first)) await this.#painted;
    }
    this.stream.end();
  }

  #wakeWaiting() {
    for (const { frame, resolve } of this.#waiting) if (this.sheets.has(frame)) resolve();
  }

  async #fetchScores(url, nFrames) {
    const bytes = await (await this.#request(url)).arrayBuffer();
    const length = nFrames * Float32Array.BYTES_PER_ELEMENT;
    if (bytes.byteLength !== length) throw new Error(`Got ${bytes.byteLength} bytes of scores instead of ${length}.`);
    return new Float32Array(bytes);
  }

  async #request(url) {
    // The same request as the preload in the page's head, so that the browser reuses its response.
    const response = await fetch(url, { signal: this.#abort.signal });
    if (!response.ok || response.redirected) throw new Error(await errorOf(response));
    return response;
  }
}

function errorOf({ url, status, redirected }) {
  return redirected ? "You are logged out." : errorFor(url, statusMessage(status));
}
