/** The address of the clip that is shown, and where Back and Forward lead. */
const STAYS_MS = 1_000;

export class ClipHistory {
  /**
   * @param {string} url  of the clip that is shown first
   * @param {{onClip: (url: string) => void, isUnsaved: () => boolean}} heard
   */
  constructor(url, { onClip, isUnsaved }) {
    Object.assign(this, { shown: url, onClip, isUnsaved });
    this.clips = new RegExp(`^${url.replace(/\d+/, "\\d+")}$`);
    addEventListener("popstate", this.#go);
  }

  /** Another clip is shown from now on. @param {string} url */
  push(url) {
    history.pushState(null, "", url);
    this.shown = url;
  }

  disconnect() {
    removeEventListener("popstate", this.#go);
  }

  #go = () => {
    const { pathname } = location;
    if (pathname === this.shown) return;
    if (!this.clips.test(pathname)) return this.#leave();
    this.shown = pathname;
    this.onClip(pathname);
  };

  /** The page before was replaced by the clip in the same document: it is asked for anew. */
  #leave() {
    location.reload();
    // Asked whether to leave what is not saved, one may stay: then at the clip's own address.
    if (this.isUnsaved()) setTimeout(() => history.pushState(null, "", this.shown), STAYS_MS);
  }
}
