/**
 * All that a clip's page needs, fetched while another page is shown: the page itself, its modules
 * and the clip's frames. Opened, it stands in this document as if the link had been followed.
 */

export class ClipDoor {
  #since = performance.now();
  #gone = new AbortController();
  #media = null;

  /**
   * @param {string} url
   * @param {string} [frames]  where the clip's frames are, if they shall not wait for the page
   */
  constructor(url, frames) {
    this.url = url;
    this.page = this.#fetch(frames);
    // Whoever opens the door hears of it; nobody may.
    this.page.catch(() => {});
  }

  /** Whether what was fetched is older than that. @param {number} ms */
  isOlderThan(ms) {
    return performance.now() - this.#since > ms;
  }

  /** Show the clip; fails when its page is not to be had like this. */
  async open() {
    const page = await this.page;
    history.pushState(null, "", this.url);
    document.title = page.title;
    const token = 'meta[name="csrf-token"]';
    document.querySelector(token).content = page.querySelector(token).content;
    page.querySelector("label-page").firstMedia = this.#media;
    this.#media = null;
    const body = document.adoptNode(page.body);
    customElements.upgrade(body);
    document.body.replaceWith(body);
    scrollTo(0, 0);
  }

  /** Let go of what was fetched. */
  close() {
    this.#gone.abort();
    this.#media?.close();
  }

  async #fetch(framesUrl) {
    const frames = framesUrl && this.#answer(framesUrl);
    frames?.catch(() => {});
    const response = await this.#answer(this.url);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    await loadModules(page);
    this.#gone.signal.throwIfAborted();
    const state = JSON.parse(page.getElementById("assignment-state").textContent);
    const isSame = framesUrl === state.block.url;
    this.#media = customElements.get("label-page").fetchMedia(state, isSame ? frames : undefined);
    return page;
  }

  async #answer(url) {
    // Nobody has seen yet what is asked for here.
    const headers = { Purpose: "prefetch" };
    const response = await fetch(url, { headers, redirect: "error", signal: this.#gone.signal });
    if (!response.ok) throw new Error(`Expected an answer from ${url}, found status ${response.status}.`);
    return response;
  }
}

/** Run the modules that a page links in its head, as far as they do not run here already. */
async function loadModules(page) {
  const links = [...page.head.querySelectorAll('link[rel="modulepreload"]')];
  document.head.append(...links.filter(isMissing).map((link) => document.adoptNode(link)));
  const scripts = [...page.head.querySelectorAll('script[type="module"]')].filter(isMissing);
  await Promise.all(scripts.map(run));
}

const isMissing = ({ localName, href, src }) =>
  ![...document.head.querySelectorAll(localName)].some((each) => (src ? each.src === src : each.href === href));

/** A script that a parser found in a page that is not shown would never run. */
function run({ src }) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { type: "module", src });
    script.onload = resolve;
    script.onerror = () => reject(new Error(`Expected the module ${src}; it did not load.`));
    document.head.append(script);
  });
}
