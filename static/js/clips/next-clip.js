/**
 * The clip after the shown one: its state and its frames, fetched in the background so that it
 * opens at once.
 */
import { ClipMedia } from "../frames/clip-media.js";
import { fetchState } from "./clip-state.js";

export class NextClip {
  /** @type {object | null | undefined} null: there is none; undefined: not known yet */
  state = undefined;
  /** @type {ClipMedia | null} */
  media = null;
  /** Resolves when the state is known or cannot be fetched. */
  loaded = Promise.resolve();
  #request = {};

  /** @param {() => void} onState */
  constructor(onState) {
    this.onState = onState;
  }

  /**
   * Fetch what comes after a clip.
   * @param {string} url
   * @param {Promise<unknown>} [before]  must resolve before the next clip's frames are fetched
   */
  load(url, before = Promise.resolve()) {
    this.forget();
    const request = this.#request;
    this.loaded = fetchState(url).then((state) => {
      if (request !== this.#request) return;
      this.state = state;
      this.onState();
      const fetchFrames = () => { if (request === this.#request) this.#fetchMedia(); };
      if (state) before.then(fetchFrames, () => {});
    }, () => {});
    return this.loaded;
  }

  /** Hand over the next clip; the one after it is not known yet. */
  take() {
    const { state } = this;
    const media = this.#fetchMedia();
    this.media = null;
    this.forget();
    return { state, media };
  }

  forget() {
    this.#request = {};
    this.media?.close();
    this.media = null;
    this.state = undefined;
  }

  #fetchMedia() {
    this.media ??= new ClipMedia(this.state);
    return this.media;
  }
}
