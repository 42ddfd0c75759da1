/**
 * The clip that comes after the one that is shown: what the server knows of it, and its frames,
 * fetched in the background so that it opens in a moment.
 */
import { ClipMedia } from "../frames/clip-media.js";
import { fetchState } from "./clip-state.js";

export class NextClip {
  /** @type {object | null | undefined} null: there is none; undefined: not known yet */
  state = undefined;
  /** @type {ClipMedia | null} */
  media = null;
  /** Settles when it is known what comes next, or cannot be found out now. */
  known = Promise.resolve();
  #search = {};

  /** @param {() => void} onKnown */
  constructor(onKnown) {
    this.onKnown = onKnown;
  }

  /**
   * Find out what comes after a clip.
   * @param {string} url
   * @param {Promise<unknown>} [first]  what must have arrived before the next clip's frames
   */
  look(url, first = Promise.resolve()) {
    this.forget();
    const search = this.#search;
    this.known = fetchState(url).then((state) => {
      if (search !== this.#search) return;
      this.state = state;
      this.onKnown();
      const fetchFrames = () => { if (search === this.#search) this.#media(); };
      if (state) first.then(fetchFrames, () => {});
    }, () => {});
    return this.known;
  }

  /** Hand over what was found; the search begins anew. */
  take() {
    const { state } = this;
    const media = this.#media();
    this.media = null;
    this.forget();
    return { state, media };
  }

  forget() {
    this.#search = {};
    this.media?.close();
    this.media = null;
    this.state = undefined;
  }

  #media() {
    this.media ??= new ClipMedia(this.state);
    return this.media;
  }
}
