/**
 * All that a clip's page needs, fetched while another page is shown: the page itself, its modules
 * and the clip's frames. `open` shows it in this document as if the link had been followed.
 */
import { stateInPage } from "./clip-state.js";

export class ClipPrefetch {
  #since = performance.now();
  #abort = new AbortController();
  #media = null;

  /**
   * @param {string} url
   * @param {string} [frames]  the frames' address, to fetch them without waiting for the page
   */
  constructor(url, frames) {
    this.url = url;
    this.page = this.#fetch(frames);
    // `open` reports the error; a prefetch that is never opened does not.
    this.page.catch(() => {});
  }

  /** @param {number} ms */
  isOlderThan(ms) {
    return performance.now() - this.#since > ms;
  }

  /** Show the clip; throws if its page could not be fetched. */
  async open() {
    const page = await this.page;
    history.pushState(null, "", this.url);
    document.title = page.title;
    const token = 'meta[name="csrf-token"]';
    document.querySelector(token).content = page.querySelector(token).content;
    page.querySelector("label-page").prefetchedMedia = this.#media;
    this.#media = null;
    const body = document.adoptNode(page.body);
    customElements.upgrade(body);
    document.body.replaceWith(body);
    scrollTo(0, 0);
  }

  /** Stop fetching and free the frames. */
  close() {
    this.#abort.abort();
    this.#media?.close();
  }

  async #fetch(framesUrl) {
    const frames = framesUrl && this.#request(framesUrl);
    frames?.catch(() => {});
    const response = await this.#request(this.url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    await loadModules(page);
    this.#abort.signal.throwIfAborted();
    const state = stateInPage(page);
    const isSame = framesUrl === state.block.url;
    this.#media = customElements.get("label-page").fetchMedia(state, isSame ? frames : undefined);
    return page;
  }

  async #request(url) {
    // The annotator has not seen this yet: the server does not count it as opened.
    const headers = { Purpose: "prefetch" };
    const response = await fetch(url, { headers, redirect: "error", signal: this.#abort.signal });
    if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
    return response;
  }
}

/** Run the modules that a page links in its head, unless they run here already. */
async function loadModules(page) {
  const links = [...page.head.querySelectorAll('link[rel="modulepreload"]')];
  document.head.append(...links.filter(isMissing).map((link) => document.adoptNode(link)));
  const scripts = [...page.head.querySelectorAll('script[type="module"]')].filter(isMissing);
  await Promise.all(scripts.map(run));
}

const isMissing = ({ localName, href, src }) =>
  ![...document.head.querySelectorAll(localName)].some((each) => (src ? each.src === src : each.href === href));

/** A script in a parsed page never runs: insert a new one. */
function run({ src }) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { type: "module", src });
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The module ${src} did not load.`));
    document.head.append(script);
  });
}
