/** Steps through frames at an even pace: to the last one, or in a loop. */
import { Pace } from "../lib/frames/playback-pace.js";

export class Playback {
  /** @type {{start: number, stop: number} | null} the frames to repeat */
  loop = null;
  #timer = 0;
  #pace = new Pace();

  /**
   * @param {object} parts
   * @param {() => number} parts.frame  the current frame
   * @param {(frame: number) => boolean} parts.show  false if the frame is shown already
   * @param {() => number} parts.msPerFrame
   * @param {(playing: boolean) => void} parts.onChange
   */
  constructor({ frame, show, msPerFrame, onChange }) {
    Object.assign(this, { frame, show, msPerFrame, onChange });
  }

  get playing() {
    return this.#timer !== 0;
  }

  toggle() {
    if (this.playing) this.stop();
    else this.#start();
  }

  /** @param {{start: number, stop: number}} loop */
  toggleLoop(loop) {
    const stops = this.loop !== null;
    this.stop();
    if (stops) return;
    this.loop = loop;
    this.#start();
  }

  stop() {
    this.loop = null;
    if (!this.playing) return;
    cancelAnimationFrame(this.#timer);
    this.#timer = 0;
    this.onChange(false);
  }

  #start() {
    this.#pace.start(performance.now());
    this.#timer = requestAnimationFrame(this.#tick);
    this.onChange(true);
  }

  #tick = (now) => {
    const frames = this.#pace.due(now, this.msPerFrame());
    if (frames && !this.show(this.#after(frames))) {
      this.stop();
      return;
    }
    this.#timer = requestAnimationFrame(this.#tick);
  };

  #after(frames) {
    const next = this.frame() + frames;
    if (!this.loop) return next;
    const { start, stop } = this.loop;
    return next < stop && next >= start ? next : start + ((next - start) % (stop - start));
  }
}
