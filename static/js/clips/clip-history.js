/** The address of the shown clip, and where Back and Forward lead. */
const STAYS_MS = 1_000;

export class ClipHistory {
  /**
   * @param {string} url  of the clip that is shown first
   * @param {{onClip: (url: string) => void, isUnsaved: () => boolean}} handlers
   */
  constructor(url, { onClip, isUnsaved }) {
    Object.assign(this, { shown: url, onClip, isUnsaved });
    this.clips = new RegExp(`^${url.replace(/\d+/, "\\d+")}$`);
    addEventListener("popstate", this.#navigate);
  }

  /** Another clip is shown from now on. @param {string} url */
  push(url) {
    history.pushState(null, "", url);
    this.shown = url;
  }

  disconnect() {
    removeEventListener("popstate", this.#navigate);
  }

  #navigate = () => {
    const { pathname } = location;
    if (pathname === this.shown) return;
    if (!this.clips.test(pathname)) return this.#leave();
    this.shown = pathname;
    this.onClip(pathname);
  };

  /** The clip replaced the previous page in this document: load that page again. */
  #leave() {
    location.reload();
    // With unsaved labels the browser asks whether to leave. If the user stays, restore the clip's address.
    if (this.isUnsaved()) setTimeout(() => history.pushState(null, "", this.shown), STAYS_MS);
  }
}
