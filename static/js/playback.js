/** Steps through the frames at an even pace, as far as the last one. */
export class Playback {
  #timer = 0;
  #due = 0;

  /**
   * @param {object} parts
   * @param {() => boolean} parts.step  false when there is no further frame
   * @param {() => number} parts.framesPerSecond
   * @param {(playing: boolean) => void} parts.onChange
   */
  constructor({ step, framesPerSecond, onChange }) {
    Object.assign(this, { step, framesPerSecond, onChange });
  }

  get playing() {
    return this.#timer !== 0;
  }

  toggle() {
    if (this.playing) this.stop();
    else this.#start();
  }

  stop() {
    if (!this.playing) return;
    cancelAnimationFrame(this.#timer);
    this.#timer = 0;
    this.onChange(false);
  }

  #start() {
    this.#due = performance.now();
    this.#timer = requestAnimationFrame(this.#tick);
    this.onChange(true);
  }

  #tick = (now) => {
    if (now >= this.#due) {
      // After a pause of the tab, go on from here instead of rushing after the clock.
      this.#due = Math.max(this.#due + 1000 / this.framesPerSecond(), now - 50);
      if (!this.step()) {
        this.stop();
        return;
      }
    }
    this.#timer = requestAnimationFrame(this.#tick);
  };
}
